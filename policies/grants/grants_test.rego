package grants_test

import data.grants
import data.labels

sound := {
	"agreement": "A1",
	"purpose": "missing",
	"to": "health",
	"form": "full",
	"starts": 100,
	"ends": 200,
	"before_era": null,
}

offered(data_class, changes, now) := offers if {
	offers := grants.offers with input as {
		"now": now,
		"labels": [],
		"grants": {"police": {data_class: [object.union(sound, changes)]}},
	}
}

test_a_grant_is_offered if {
	offered("missing", {}, 150).police.missing.health.missing.full == {{"agreement": "A1", "before_era": null}}
}

test_a_grant_begins_at_its_first_instant_and_is_over_at_its_last if {
	offered("missing", {}, 99) == {}
	offered("missing", {}, 100) != {}
	offered("missing", {}, 199) != {}
	offered("missing", {}, 200) == {}
}

test_a_grant_that_says_nothing_of_time_is_no_offer if {
	offered("missing", {"starts": null}, 150) == {}
	offered("missing", {"ends": "for ever"}, 150) == {}
}

test_nobody_is_offered_what_it_reported if offered("missing", {"to": "police"}, 150) == {}

test_a_grant_that_cannot_be_understood_is_no_offer if {
	every changes in [{"purpose": "rumour"}, {"to": 7}, {"agreement": null}] {
		offered("missing", changes, 150) == {}
	}
	every form in ["everything", "existence", "none", "own", "rumour"] {
		offered("missing", {"form": form}, 150) == {}
	}
}

test_only_some_classes_are_offered_in_general_terms if {
	some_classes := {"context", "decision", "missing"}
	every data_class in some_classes { offered(data_class, {"form": "generalised"}, 150) != {} }
	every data_class in ((labels.grantable | labels.never_granted) | {"rumour"}) - some_classes {
		offered(data_class, {"form": "generalised"}, 150) == {}
		offered(data_class, {"form": "pseudonymised"}, 150) != {}
	}
}

test_a_grant_without_an_era_covers_every_era if {
	grants.covers(null, 0)
	grants.covers(null, 9)
}

test_a_grant_before_an_era_covers_earlier_eras_alone if {
	grants.covers(2, 1)
	not grants.covers(2, 2)
	not grants.covers("2", 1)
}
