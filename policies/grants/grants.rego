# METADATA
# title: Grants
# description: >-
#   What the agreements that are in force at this instant grant, step 3 of the decision ladder. The index that
#   comes as input holds a grant under a source only if the source and the receiver are both parties.
package grants

# METADATA
# title: Purposes
# description: An agreement is for one of these purposes.
# custom:
#   reason_code: agreement_grants
purposes := {"adult_protection", "child_protection", "context", "missing"}

# METADATA
# title: Classes with a generalised rendering
# description: Only these can be granted in the generalised form.
# custom:
#   reason_code: agreement_grants
generalisable := {"context", "decision", "missing"}

# METADATA
# title: Offers
# description: >-
#   By source, data class, receiver, purpose and form, the grants of agreements that have begun and not ended. Nobody
#   is granted what it reported itself.
# custom:
#   reason_code: no_agreement_in_force
offers[source][data_class][grant.to][grant.purpose][grant.form] contains offer if {
	some source, classes in input.grants
	some data_class, granted in classes
	some grant in granted
	is_number(grant.starts)
	is_number(grant.ends)
	grant.starts <= input.now
	input.now < grant.ends
	is_string(grant.agreement)
	is_string(grant.to)
	grant.to != source
	grant.purpose in purposes
	renderable(grant.form, data_class)
	offer := {"agreement": grant.agreement, "before_era": grant.before_era}
}

# METADATA
# title: Forms that can be given whole or under pseudonyms
# description: Every class has these two forms.
# custom:
#   reason_code: agreement_grants
renderable(form, _) if form in {"full", "pseudonymised"}

# METADATA
# title: Forms that can be given in general terms
# description: A class without a generalised rendering cannot be given in that form.
# custom:
#   reason_code: agreement_grants
renderable("generalised", data_class) if data_class in generalisable

# METADATA
# title: A grant of every era
# description: It covers an item whenever it was recorded.
# custom:
#   reason_code: no_agreement_in_force
covers(before_era, _) if before_era == null

# METADATA
# title: A grant of what was shared before a withdrawal
# description: >-
#   The source has left the agreement, which lets the others keep what they already had: the grant covers items of an
#   era below this one, and none that were recorded since.
# custom:
#   reason_code: no_agreement_in_force
covers(before_era, era) if {
	is_number(before_era)
	era < before_era
}
