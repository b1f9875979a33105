# METADATA
# title: Listing
# description: >-
#   A peer for the benchmarks: the same ladder, written the way it is often written, so that each decision looks
#   through the list of all agreements. The hub does not use it.
package listing

import rego.v1

decisions := [decision(question) | some question in input.questions]

decision(question) := "own" if question.partner == question.label.source

decision(question) := form if {
	question.partner != question.label.source
	form := handled(question.label, granted(question))
}

granted(question) := "full" if count(granting(question, "full")) > 0

granted(question) := "pseudonymised" if {
	count(granting(question, "full")) == 0
	count(granting(question, "pseudonymised")) > 0
}

granted(question) := "generalised" if {
	count(granting(question, "full")) == 0
	count(granting(question, "pseudonymised")) == 0
	count(granting(question, "generalised")) > 0
}

granted(question) := "none" if {
	count(granting(question, "full")) == 0
	count(granting(question, "pseudonymised")) == 0
	count(granting(question, "generalised")) == 0
}

granting(question, form) := {agreement.id |
	some agreement in data.agreements
	agreement.purpose == question.purpose
	agreement.starts <= input.now
	input.now < agreement.ends
	question.label.source in agreement.parties
	question.partner in agreement.parties
	agreement.grants[question.partner][question.label.data_class] == form
}

handled(label, form) := form if label.handling == "P"

handled(label, form) := "none" if {
	label.handling == "C"
	form == "none"
}

handled(label, form) := existence(label) if {
	label.handling == "C"
	form != "none"
}

existence(label) := "existence" if label.existence == "disclosable"

existence(label) := "none" if label.existence == "silent"
