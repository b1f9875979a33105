# METADATA
# title: Disclosure
# description: >-
#   In which form may each partner have an item with this label, for each purpose? The first step of the ladder that
#   matches decides: a label that cannot be read, a hard denial, the agreements, then what restricts them.
package disclosure

import data.grants
import data.labels

# METADATA
# title: Answers
# description: >-
#   One answer for each label of the input, in their order. An answer is a decision for everybody and, by partner and
#   purpose, the exceptions to it. Undefined unless the input says what time it is, in microseconds since 1970.
# entrypoint: true
# custom:
#   reason_code: no_agreement_in_force
answers := [answer(label) | some label in input.labels] if {
	is_number(input.now)
	is_array(input.labels)
	is_object(input.grants)
}

# METADATA
# title: A label that cannot be decided
# description: Nobody is given anything; the reason says what is wrong with the label.
# custom:
#   reason_code: malformed_label
answer(label) := {"otherwise": refusal(reason), "cells": {}} if reason := labels.flaw(label)

# METADATA
# title: A label that is denied
# description: Nobody but the agency that reported it has the item, whatever was agreed.
# custom:
#   reason_code: withdrawn
answer(label) := {"otherwise": refusal(reason), "cells": {label.source: own}} if {
	not labels.flaw(label)
	reason := labels.denial(label)
}

# METADATA
# title: A label that agreements decide
# description: Partners have what they are granted, less what hinders it, and nobody else has anything.
# custom:
#   reason_code: no_agreement_in_force
answer(label) := {
	"otherwise": refusal("no_agreement_in_force"),
	"cells": object.union(object.union(decided, barred), {label.source: own}),
} if {
	not labels.flaw(label)
	not labels.denial(label)
	decided := cells(label)
	barred := object.union(beyond(label, decided), withheld(label, decided))
}

# METADATA
# title: Withheld from a partner
# description: >-
#   A partner named by a non-disclosure condition is refused for every purpose for which it would have been offered
#   the item: a hard denial, which the partner cannot tell from there being no agreement.
# custom:
#   reason_code: withheld_from_partner
withheld(label, decided) := {partner: purposes |
	some partner in label.withheld_from
	decided[partner]
	purposes := {purpose: refusal("withheld_from_partner") | some purpose, _ in decided[partner]}
}

# METADATA
# title: Addressed to others
# description: >-
#   An item that its originator means for some partners is refused to every other that would have been offered it: a
#   hard denial, which they cannot tell from there being no agreement. To be addressed grants nothing.
# custom:
#   reason_code: addressed_to_others
beyond(label, decided) := {partner: purposes |
	count(label.addressed_to) > 0
	some partner, by_purpose in decided
	not partner in label.addressed_to
	purposes := {purpose: refusal("addressed_to_others") | some purpose, _ in by_purpose}
}

# METADATA
# title: The originator's copy
# description: An agency has what it reported itself, for every purpose.
# custom:
#   reason_code: originator
own := {purpose: decision("own", "originator", []) | some purpose in grants.purposes}

# METADATA
# title: A refusal
# description: Nothing is given, for one reason and under no agreement.
# custom:
#   reason_code: no_agreement_in_force
refusal(reason) := decision("none", reason, [])

# METADATA
# title: The situation of a label
# description: All of a label that the grants to every partner depend on. Labels in one situation are granted alike.
# custom:
#   reason_code: agreement_grants
situation(label) := [label.source, label.data_class, label.era, standing(label)]

# METADATA
# title: What stands behind a context
# description: Whether enough young people and reports do, which matters for the class of contexts alone.
# custom:
#   reason_code: too_few_people_or_reports
standing(label) := label.context if label.data_class == "context"

# METADATA
# title: What does not describe a context
# description: A label of any other class, whatever else it says, needs no crowd behind it.
# custom:
#   reason_code: agreement_grants
standing(label) := "enough" if label.data_class != "context"

# METADATA
# title: Situations
# description: Those of all labels of the input that neither a flaw nor a hard denial has decided.
# custom:
#   reason_code: agreement_grants
situations := {situation(label) |
	some label in input.labels
	not labels.flaw(label)
	not labels.denial(label)
}

# METADATA
# title: What is granted
# description: By situation, partner and purpose, the decision on whatever agreements offer, were nothing in the way.
# custom:
#   reason_code: agreement_grants
granted[key] := cells if {
	some key in situations
	[source, data_class, era, crowd] := key
	cells := {partner: purposes |
		some partner, by_purpose in grants.offers[source][data_class]
		purposes := {purpose: decision |
			some purpose, by_form in by_purpose
			counting := {form: agreements |
				some form, given in by_form
				agreements := sort({offer.agreement | some offer in given; grants.covers(offer.before_era, era)})
				count(agreements) > 0
			}
			decision := grant(counting, crowd)
		}
		count(purposes) > 0
	}
}

# METADATA
# title: Granted whole
# description: Some agreement grants the item as it was reported.
# custom:
#   reason_code: agreement_grants
grant(by_form, _) := decision("full", "agreement_grants", by_form.full)

# METADATA
# title: Granted under pseudonyms
# description: Some agreement grants the item under pseudonyms, and none grants it whole.
# custom:
#   reason_code: agreement_grants
grant(by_form, _) := decision("pseudonymised", "agreement_grants", by_form.pseudonymised) if not by_form.full

# METADATA
# title: Granted in general terms
# description: No agreement grants more; where it is a context, enough young people and reports stand behind it.
# custom:
#   reason_code: agreement_grants
grant(by_form, "enough") := decision("generalised", "agreement_grants", by_form.generalised) if {
	not by_form.full
	not by_form.pseudonymised
}

# METADATA
# title: Too few behind a context
# description: >-
#   Only a description in general terms is granted, and too few young people or reports stand behind the context: it
#   would point at somebody.
# custom:
#   reason_code: too_few_people_or_reports
grant(by_form, crowd) := refusal("too_few_people_or_reports") if {
	by_form.generalised
	crowd != "enough"
	not by_form.full
	not by_form.pseudonymised
}

# METADATA
# title: A decision
# description: A form, the reason for it, and the agreements relied on.
# custom:
#   reason_code: agreement_grants
decision(form, reason, agreements) := {"form": form, "reasons": [reason], "agreements": agreements}

# METADATA
# title: Nothing in the way
# description: Nothing restricts the item and lawful sharing is permitted, so that every grant holds.
# custom:
#   reason_code: agreement_grants
cells(label) := granted[situation(label)] if not hindrance(label)

# METADATA
# title: Something in the way
# description: What was granted is cut back; what was refused stays refused, for its own reason.
# custom:
#   reason_code: handling_conditions
cells(label) := hindered[[situation(label), hindrance(label)]]

# METADATA
# title: A restriction
# description: Something restricts one of the subjects of the item.
# custom:
#   reason_code: restricted
hindrance(label) := "restricted" if count(label.restrictions) > 0

# METADATA
# title: Conditions of handling
# description: >-
#   Nothing else restricts the item, but it may be passed on under conditions only. Its originator has said whether
#   partners may learn that it exists.
# custom:
#   reason_code: handling_conditions
hindrance(label) := label.existence if {
	count(label.restrictions) == 0
	label.handling == "C"
}

# METADATA
# title: Hindrances
# description: The situations of labels that something restricts, each with what it is.
# custom:
#   reason_code: handling_conditions
hindrances := {[situation(label), hindrance(label)] |
	some label in input.labels
	not labels.flaw(label)
	not labels.denial(label)
}

# METADATA
# title: Hindered situations
# description: By situation and hindrance, partner and purpose, what is left of what is granted.
# custom:
#   reason_code: handling_conditions
hindered[key] := decisions if {
	some key in hindrances
	[place, reason] := key
	decisions := {partner: purposes |
		some partner, by_purpose in granted[place]
		purposes := {purpose: cut_back(given, reason) | some purpose, given in by_purpose}
	}
}

# METADATA
# title: What was refused
# description: It stays refused, for its own reason.
# custom:
#   reason_code: too_few_people_or_reports
cut_back(given, _) := given if given.form == "none"

# METADATA
# title: Restricted
# description: The item would have been shared, were it not for a restriction; not even its existence is told.
# custom:
#   reason_code: restricted
cut_back(given, "restricted") := refusal("restricted") if given.form != "none"

# METADATA
# title: Existence only
# description: The item is under conditions, and its originator lets partners know that it exists and whom to ask.
# custom:
#   reason_code: handling_conditions
cut_back(given, "disclosable") := decision("existence", "handling_conditions", given.agreements) if given.form != "none"

# METADATA
# title: Not even existence
# description: The item is under conditions, and its originator wants it not known that it exists.
# custom:
#   reason_code: handling_conditions
cut_back(given, "silent") := refusal("handling_conditions") if given.form != "none"
