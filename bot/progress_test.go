package bot

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The names are stored with every case, for months and across releases.
func TestTheProcedureHasItsStepsInOrder(t *testing.T) {
	want := []StepName{"check", "open ticket", "send notice", "keep ticket", "suspend", "cancel", "write comment", "announce"}
	got := []StepName{}
	for _, s := range Procedure() {
		got = append(got, s.Name)
		if found, ok := stepNamed(s.Name); !ok || found.Name != s.Name {
			t.Errorf("step %q isn't found by its name", s.Name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("steps %v, want %v", got, want)
	}
	if _, ok := stepNamed("throttle"); ok {
		t.Error("found a step that isn't there")
	}
}

// What nothing can be seen of must never be repeated by itself, and what may be repeated at any time must not hurt.
func TestTheNoticeAloneIsNeverRepeatedForWantOfATrace(t *testing.T) {
	for _, s := range Procedure() {
		if s.RepeatAbsent == (s.Name == SendNotice) {
			t.Errorf("%s: repeated when nothing is seen of it: %v", s.Name, s.RepeatAbsent)
		}
		if s.Harmless && s.Name != CheckDebt && s.Name != AnnounceCase {
			t.Errorf("%s is called harmless", s.Name)
		}
	}
	if s, _ := stepNamed(SendNotice); !s.Prove {
		t.Error("a notice counts as sent without proof")
	}
}

// twoServices is a case that suspends both of its services and cancels one.
func twoServices() Case {
	return Case{ID: 41, Terms: Terms{Services: []TermService{
		{ID: "s1", Suspend: true, Cancel: true}, {ID: "s2", Suspend: true}, {ID: "s3"},
	}}}
}

// everything lists an intent for all that the case does, with one outcome.
func everything(c Case, o Outcome) (all []Intent) {
	for _, s := range Procedure() {
		for _, object := range s.Objects(c, nil) {
			all = append(all, Intent{CaseID: c.ID, Step: s.Name, Object: object, Outcome: o})
		}
	}
	return all
}

func TestTheStepsActOnWhatTheCaseIsAbout(t *testing.T) {
	var got []string
	for _, in := range everything(twoServices(), Done) {
		got = append(got, string(in.Step)+"/"+in.Object)
	}
	want := []string{"check/", "open ticket/", "send notice/", "keep ticket/", "suspend/s1", "suspend/s2", "cancel/s1", "write comment/", "announce/"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestHowFarACaseHasCome(t *testing.T) {
	set := func(step StepName, object string, o Outcome) func([]Intent) []Intent {
		return func(all []Intent) []Intent {
			n := slices.IndexFunc(all, func(in Intent) bool { return in.Step == step && in.Object == object })
			if o == "" {
				return slices.Delete(all, n, n+1)
			}
			all[n].Outcome = o
			return all
		}
	}
	for _, row := range []struct {
		name   string
		given  func([]Intent) []Intent
		next   StepName
		byHand int
	}{
		{"not begun", func([]Intent) []Intent { return nil }, CheckDebt, 0},
		{"all done", func(all []Intent) []Intent { return all }, "", 0},
		{"one service left", set(SuspendServices, "s2", ""), SuspendServices, 0},
		{"one in doubt", set(SuspendServices, "s1", Unknown), SuspendServices, 0},
		{"one begun", set(CancelOrders, "s1", Started), CancelOrders, 0},
		{"one refused", set(CancelOrders, "s1", Refused), CancelOrders, 0},
		{"one without effect", set(SendNotice, "", NotSent), SendNotice, 0},
		{"one said to be done by hand", set(WriteComment, "", Claimed), WriteComment, 0},
		{"one left alone", set(SuspendServices, "s1", Skipped), "", 0},
		{"one by hand: the bot goes on with the rest", set(SuspendServices, "s1", HandWork), "", 1},
		{"one by hand, a later one left", func(all []Intent) []Intent {
			return set(WriteComment, "", "")(set(SuspendServices, "s1", HandWork)(all))
		}, WriteComment, 1},
		{"two by hand", func(all []Intent) []Intent {
			return set(CancelOrders, "s1", HandWork)(set(SuspendServices, "s1", HandWork)(all))
		}, "", 2},
		{"only the telling is left", set(AnnounceCase, "", NotSent), AnnounceCase, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			next, byHand := progress(twoServices(), row.given(everything(twoServices(), Done)), Procedure())
			if next != row.next || len(byHand) != row.byHand {
				t.Errorf("next %q, %d by hand; want %q, %d", next, len(byHand), row.next, row.byHand)
			}
		})
	}
}

func TestACaseWithoutServicesGoesFromTheMailToTheComment(t *testing.T) {
	all := everything(Case{}, Done)
	if next, _ := progress(Case{}, all[:4], Procedure()); next != WriteComment {
		t.Errorf("next %q", next)
	}
}

// However intents come out: nothing is called finished while the bot has something to do, and no step is overtaken.
func TestNoStepIsOvertaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := twoServices()
		all := everything(c, Done)
		first := StepName("")
		for n := range all {
			all[n].Outcome = rapid.SampledFrom([]Outcome{Done, Done, Done, Skipped, Started, NotSent, Unknown, Refused, HandWork, Claimed, ""}).Draw(t, "outcome")
			if !all[n].Outcome.Settled() && all[n].Outcome != HandWork && first == "" {
				first = all[n].Step
			}
		}
		all = slices.DeleteFunc(all, func(in Intent) bool { return in.Outcome == "" })
		if next, _ := progress(c, all, Procedure()); next != first {
			t.Fatalf("next %q, want %q of %+v", next, first, all)
		}
	})
}
