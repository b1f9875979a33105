package disclosure_test

import data.disclosure

label := {
	"source": "police",
	"data_class": "missing",
	"handling": "P",
	"existence": "silent",
	"state": "current",
	"context": "not_a_context",
	"restrictions": [],
	"withheld_from": [],
	"addressed_to": [],
	"window": "open",
	"era": 0,
}

grant(agreement, form) := {
	"agreement": agreement,
	"purpose": "missing",
	"to": "health",
	"form": form,
	"starts": 100,
	"ends": 200,
	"before_era": null,
}

answered(changes, given) := answers[0] if {
	changed := object.union(label, changes)
	answers := disclosure.answers with input as {
		"now": 150,
		"labels": [changed],
		"grants": {changed.source: {changed.data_class: given}},
	}
}

# What health may have for the purpose of missing.
decided(changes, given) := object.get(answer.cells, ["health", "missing"], answer.otherwise) if {
	answer := answered(changes, given)
}

refused(reason) := {"form": "none", "reasons": [reason], "agreements": []}

full := [grant("A1", "full")]

test_what_is_granted_is_given if {
	decided({}, full) == {"form": "full", "reasons": ["agreement_grants"], "agreements": ["A1"]}
}

test_what_nobody_granted_is_refused if {
	answered({}, []).otherwise == refused("no_agreement_in_force")
	object.keys(answered({}, []).cells) == {"police"}
}

test_a_grant_for_one_purpose_says_nothing_of_another if object.keys(answered({}, full).cells.health) == {"missing"}

test_the_originator_has_its_own_copy_for_every_purpose if {
	own := {"form": "own", "reasons": ["originator"], "agreements": []}
	every changes in [{}, {"state": "withdrawn"}, {"data_class": "voice_private"}, {"restrictions": ["objection"]}] {
		answered(changes, []).cells.police == {
			"adult_protection": own,
			"child_protection": own,
			"context": own,
			"missing": own,
		}
	}
}

test_the_most_generous_grant_counts_and_all_agreements_that_give_it_are_named if {
	general := grant("A1", "generalised")
	pseudonymised := grant("A2", "pseudonymised")
	decided({}, [general]) == {"form": "generalised", "reasons": ["agreement_grants"], "agreements": ["A1"]}
	decided({}, [general, pseudonymised]) == {
		"form": "pseudonymised",
		"reasons": ["agreement_grants"],
		"agreements": ["A2"],
	}
	decided({}, [general, grant("A4", "full")]).form == "full"
	decided({}, [general, grant("A4", "full"), pseudonymised, grant("A3", "full")]) == {
		"form": "full",
		"reasons": ["agreement_grants"],
		"agreements": ["A3", "A4"],
	}
}

test_a_grant_of_what_came_before_a_withdrawal_gives_nothing_newer if {
	kept := [object.union(grant("A1", "full"), {"before_era": 1})]
	decided({"era": 0}, kept).form == "full"
	decided({"era": 1}, kept) == refused("no_agreement_in_force")
	decided({"era": 1, "data_class": "context"}, kept) == refused("no_agreement_in_force")
	object.keys(answered({"era": 1}, kept).cells) == {"police"}
}

test_a_context_is_described_only_while_enough_stand_behind_it if {
	general := [grant("A1", "generalised")]
	decided({"data_class": "context", "context": "enough"}, general).form == "generalised"
	every standing in ["too_few", "not_a_context"] {
		decided({"data_class": "context", "context": standing}, general) == refused("too_few_people_or_reports")
	}
	decided({"data_class": "context", "context": "too_few"}, array.concat(general, full)).form == "full"
	decided({"data_class": "context", "context": "too_few"}, array.concat(general, [grant("A2", "pseudonymised")])) == {
		"form": "pseudonymised",
		"reasons": ["agreement_grants"],
		"agreements": ["A2"],
	}
	decided({"data_class": "missing", "context": "too_few"}, general).form == "generalised"
}

test_conditions_of_handling_leave_existence_at_most if {
	decided({"handling": "C", "existence": "disclosable"}, full) == {
		"form": "existence",
		"reasons": ["handling_conditions"],
		"agreements": ["A1"],
	}
	decided({"handling": "C", "existence": "silent"}, full) == refused("handling_conditions")
	decided({"handling": "C", "existence": "disclosable"}, []) == refused("no_agreement_in_force")
}

test_what_is_refused_stays_refused_for_its_own_reason if {
	few := {"data_class": "context", "context": "too_few"}
	every more in [
		{"handling": "C", "existence": "disclosable"},
		{"handling": "C", "existence": "silent"},
		{"restrictions": ["objection"]},
	] {
		decided(object.union(few, more), [grant("A1", "generalised")]) == refused("too_few_people_or_reports")
	}
}

test_a_restriction_leaves_not_even_existence if {
	decided({"restrictions": ["restriction"]}, full) == refused("restricted")
	decided({"restrictions": ["objection"], "handling": "C", "existence": "disclosable"}, full) == refused("restricted")
}

test_a_hard_denial_comes_before_any_grant if {
	decided({"state": "withdrawn"}, full) == refused("withdrawn")
	decided({"state": "superseded"}, full) == refused("superseded")
	decided({"data_class": "health_sensitive"}, full) == refused("never_shared")
}

test_what_is_withheld_from_a_partner_is_refused_whatever_else_holds if {
	decided({"withheld_from": ["health"]}, full) == refused("withheld_from_partner")
	decided({"withheld_from": ["health"], "restrictions": ["objection"]}, full) == refused("withheld_from_partner")
	decided({"withheld_from": ["education"]}, full).form == "full"
	object.keys(answered({"withheld_from": ["education", "police"]}, full).cells) == {"health", "police"}
	answered({"withheld_from": ["police"]}, full).cells.police.missing.form == "own"
}

test_what_is_addressed_to_others_is_refused_whatever_else_holds if {
	decided({"addressed_to": ["education"]}, full) == refused("addressed_to_others")
	decided({"addressed_to": ["education"], "restrictions": ["objection"]}, full) == refused("addressed_to_others")
	decided({"addressed_to": ["education"], "withheld_from": ["health"]}, full) == refused("withheld_from_partner")
	decided({"addressed_to": ["education", "health"]}, full).form == "full"
	answered({"addressed_to": ["education"]}, full).cells.police.missing.form == "own"
}

test_to_be_addressed_grants_nothing if {
	decided({"addressed_to": ["health"]}, []) == refused("no_agreement_in_force")
	object.keys(answered({"addressed_to": ["education"]}, full).cells) == {"health", "police"}
}

test_a_label_with_a_flaw_is_refused_to_everybody if {
	answered({"handling": "X"}, full) == {"otherwise": refused("unknown_handling"), "cells": {}}
	answered({"data_class": "rumour"}, full) == {"otherwise": refused("unknown_class"), "cells": {}}
	answered({"handling": "X", "state": "withdrawn"}, full) == {"otherwise": refused("unknown_handling"), "cells": {}}
	answered({"name": "x"}, full) == {"otherwise": refused("malformed_label"), "cells": {}}
}

test_there_is_one_answer_for_each_label_in_their_order if {
	answers := disclosure.answers with input as {
		"now": 150,
		"labels": [label, "nonsense", object.union(label, {"state": "withdrawn"}), label],
		"grants": {"police": {"missing": full}},
	}
	[answer.otherwise.reasons[0] | some answer in answers] == [
		"no_agreement_in_force",
		"malformed_label",
		"withdrawn",
		"no_agreement_in_force",
	]
	answers[0] == answers[3]
}

test_a_question_without_time_labels_or_grants_has_no_answer if {
	not disclosure.answers with input as {"labels": [label], "grants": {}}
	not disclosure.answers with input as {"now": "noon", "labels": [label], "grants": {}}
	not disclosure.answers with input as {"now": 150, "labels": {"a": label}, "grants": {}}
	not disclosure.answers with input as {"now": 150, "labels": [label]}
}
