package labels_test

import data.labels

sound := {
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

with_field(field, value) := object.union(object.remove(sound, [field]), {field: value})

test_a_sound_label_has_no_flaw if {
	labels.readable(sound)
	not labels.flaw(sound)
	not labels.denial(sound)
}

test_every_field_is_needed if {
	every field in labels.fields { labels.flaw(object.remove(sound, [field])) == "malformed_label" }
}

test_a_field_too_many_is_a_flaw if labels.flaw(with_field("name", "x")) == "malformed_label"

test_every_field_must_be_of_its_kind if {
	every flawed in [
		["source", 7],
		["source", "Police"],
		["source", ""],
		["data_class", null],
		["handling", 1],
		["existence", "rumour"],
		["state", "rumour"],
		["context", true],
		["context", "rumour"],
		["restrictions", "restriction"],
		["restrictions", [1]],
		["restrictions", {"0": "objection"}],
		["withheld_from", {"0": "police"}],
		["withheld_from", {"police": true}],
		["withheld_from", [null]],
		["addressed_to", {"0": "police"}],
		["addressed_to", {"police": true}],
		["addressed_to", [null]],
		["window", "rumour"],
		["window", true],
		["era", "0"],
		["era", -1],
	] {
		labels.flaw(with_field(flawed[0], flawed[1])) == "malformed_label"
	}
}

test_what_is_no_label_is_malformed if {
	every label in [null, 1, "label", [], {}, true] { labels.flaw(label) == "malformed_label" }
}

test_an_unknown_class_is_a_flaw if labels.flaw(with_field("data_class", "rumour")) == "unknown_class"

test_an_unknown_class_comes_before_an_unknown_handling if {
	labels.flaw(object.union(with_field("data_class", "rumour"), {"handling": "X"})) == "unknown_class"
}

test_an_unknown_handling_code_is_a_flaw if {
	every code in ["X", "rumour", "p", ""] { labels.flaw(with_field("handling", code)) == "unknown_handling" }
}

test_an_unknown_handling_code_of_a_class_never_shared_is_a_flaw if {
	labels.flaw(object.union(with_field("handling", "X"), {"data_class": "voice_private"})) == "unknown_handling"
}

test_a_withdrawn_item_is_denied if labels.denial(with_field("state", "withdrawn")) == "withdrawn"

test_a_superseded_item_is_denied if labels.denial(with_field("state", "superseded")) == "superseded"

test_a_withdrawn_item_of_a_class_never_shared_is_denied_as_withdrawn if {
	labels.denial(object.union(with_field("state", "withdrawn"), {"data_class": "voice_private"})) == "withdrawn"
}

test_an_item_outside_its_reading_window_is_denied if {
	labels.denial(with_field("window", "closed")) == "outside_reading_window"
}

test_what_else_denies_an_item_comes_before_its_reading_window if {
	closed := with_field("window", "closed")
	labels.denial(object.union(closed, {"state": "withdrawn"})) == "withdrawn"
	labels.denial(object.union(closed, {"state": "superseded"})) == "superseded"
	labels.denial(object.union(closed, {"data_class": "voice_private"})) == "never_shared"
}

test_three_classes_are_never_shared if {
	every data_class in labels.never_granted {
		labels.denial(with_field("data_class", data_class)) == "never_shared"
		not labels.flaw(with_field("data_class", data_class))
	}
}

test_no_class_is_both_granted_and_never_shared if count(labels.grantable & labels.never_granted) == 0
