# METADATA
# title: Labels
# description: >-
#   Whether a label can be decided at all, and whether it is denied to everybody whatever any agreement says.
#   Steps 0 and 1 of the decision ladder. A word that is not on these lists means no.
package labels

# METADATA
# title: Classes that agreements grant
# description: The data classes of the published language that an agreement may grant.
# custom:
#   reason_code: unknown_class
grantable := {
	"action",
	"address",
	"adult_of_concern",
	"context",
	"decision",
	"health_summary",
	"identifiers",
	"identity",
	"intelligence_sanitised",
	"intelligence_submission",
	"missing",
	"missing_companions",
	"offence",
	"peer_links",
	"school",
	"voice_safety",
}

# METADATA
# title: Classes that are never shared
# description: Words told in private, sensitive health facts and sources stay with the agency that recorded them.
# custom:
#   reason_code: never_shared
never_granted := {"health_sensitive", "intelligence_source", "voice_private"}

# METADATA
# title: Handling codes
# description: The 3x5x2 handling codes, P (lawful sharing permitted) and C (permitted with conditions).
# custom:
#   reason_code: unknown_handling
handling_codes := {"C", "P"}

# METADATA
# title: Fields of a label
# description: A label has all of these fields and no other.
# custom:
#   reason_code: malformed_label
fields := {
	"addressed_to",
	"context",
	"data_class",
	"era",
	"existence",
	"handling",
	"restrictions",
	"source",
	"state",
	"window",
	"withheld_from",
}

# METADATA
# title: A label that can be read
# description: Every field is there, is of its kind, and says something this policy knows.
# custom:
#   reason_code: malformed_label
readable(label) if {
	object.keys(label) == fields
	regex.match(`^[a-z][a-z0-9-]*$`, label.source)
	is_string(label.data_class)
	is_string(label.handling)
	label.existence in {"disclosable", "silent"}
	label.state in {"current", "superseded", "withdrawn"}
	label.context in {"enough", "not_a_context", "too_few"}
	label.window in {"closed", "open"}
	is_array(label.restrictions)
	every code in label.restrictions { is_string(code) }
	is_array(label.withheld_from)
	every partner in label.withheld_from { is_string(partner) }
	is_array(label.addressed_to)
	every partner in label.addressed_to { is_string(partner) }
	is_number(label.era)
	label.era >= 0
}

# METADATA
# title: A malformed label
# description: What cannot be read is shared with nobody.
# custom:
#   reason_code: malformed_label
flaw(label) := "malformed_label" if not readable(label)

# METADATA
# title: An unknown data class
# description: A class that is not in the published language is shared with nobody.
# custom:
#   reason_code: unknown_class
flaw(label) := "unknown_class" if {
	readable(label)
	not label.data_class in grantable
	not label.data_class in never_granted
}

# METADATA
# title: An unknown handling code
# description: An item whose handling is not understood is shared with nobody.
# custom:
#   reason_code: unknown_handling
flaw(label) := "unknown_handling" if {
	readable(label)
	label.data_class in (grantable | never_granted)
	not label.handling in handling_codes
}

# METADATA
# title: An item that was withdrawn
# description: Its agency took the report back.
# custom:
#   reason_code: withdrawn
denial(label) := "withdrawn" if label.state == "withdrawn"

# METADATA
# title: An item that was superseded
# description: Its agency replaced it by an amended report.
# custom:
#   reason_code: superseded
denial(label) := "superseded" if label.state == "superseded"

# METADATA
# title: A class that is never shared
# description: No agreement can grant it, so no agreement is looked at.
# custom:
#   reason_code: never_shared
denial(label) := "never_shared" if {
	label.state == "current"
	label.data_class in never_granted
}

# METADATA
# title: An item outside its reading window
# description: Its agency lets partners read it at certain times, and this is not one of them.
# custom:
#   reason_code: outside_reading_window
denial(label) := "outside_reading_window" if {
	label.state == "current"
	label.window == "closed"
	not label.data_class in never_granted
}
