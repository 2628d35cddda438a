package bot

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// fiveLines is a journal of five entries, sealed one behind the other, and where it stands.
func fiveLines(key string) ([]Entry, Head) {
	head := FirstHead(key)
	var entries []Entry
	for n := range 5 {
		e := Entry{
			CaseID: 41, At: time.Date(2026, 11, 23, 13, n, 0, 123456789, time.UTC), Who: Actor{Name: "Sanne Visser", Email: "sanne@hoster.example", SlackID: "U1", Via: "slack"},
			Step: SuspendServices, Object: "s1", Kind: "step done", Text: "web01 is suspended.", Data: json.RawMessage(`{"changed":true}`),
		}
		head = e.Seal(head)
		entries = append(entries, e)
	}
	return entries, head
}

func TestAJournalThatWasLeftAloneIsInOrder(t *testing.T) {
	entries, head := fiveLines("am-a")
	if err := VerifyJournal("am-a", entries, head); err != nil {
		t.Error(err)
	}
	if entries[4].N != 5 || head.N != 5 || head.Hash != entries[4].Hash || entries[1].Prev != entries[0].Hash {
		t.Errorf("sealed as %+v, head %+v", entries[4], head)
	}
	if at := time.Date(2026, 11, 23, 13, 0, 0, 123000000, time.UTC); entries[0].At != at {
		t.Errorf("kept as %s, want it to the millisecond: %s", entries[0].At, at)
	}
	if err := VerifyJournal("am-a", nil, FirstHead("am-a")); err != nil {
		t.Errorf("an empty journal: %v", err)
	}
}

// Whatever someone changes in any line with a database tool, it shows, and the line is named.
func TestEveryFieldOfALineIsProtected(t *testing.T) {
	changes := map[string]func(*Entry){
		"CaseID": func(e *Entry) { e.CaseID++ },
		"N":      func(e *Entry) { e.N++ },
		"At":     func(e *Entry) { e.At = e.At.Add(time.Millisecond) },
		"Step":   func(e *Entry) { e.Step = CancelOrders },
		"Object": func(e *Entry) { e.Object = "s2" },
		"Kind":   func(e *Entry) { e.Kind = "step skipped" },
		"Text":   func(e *Entry) { e.Text += " " },
		"Data":   func(e *Entry) { e.Data = json.RawMessage(`{"changed":false}`) },
		"Prev":   func(e *Entry) { e.Prev = e.Hash },
		"Hash":   func(e *Entry) { e.Hash = strings.ToUpper(e.Hash) },

		"Who.Name":    func(e *Entry) { e.Who.Name = "Bram Smit" },
		"Who.Email":   func(e *Entry) { e.Who.Email = "" },
		"Who.SlackID": func(e *Entry) { e.Who.SlackID = "U2" },
		"Who.Via":     func(e *Entry) { e.Who.Via = "command line" },
	}
	for _, field := range append(fieldsOf[Entry](""), fieldsOf[Actor]("Who.")...) {
		if changes[field] == nil && field != "Who" {
			t.Errorf("nothing tries to change %s", field)
		}
	}
	for name, change := range changes {
		for n := range 5 {
			entries, head := fiveLines("am-a")
			change(&entries[n])
			if err := VerifyJournal("am-a", entries, head); err == nil {
				t.Errorf("%s of line %d changed, and it doesn't show", name, n+1)
			}
		}
	}
}

func fieldsOf[T any](prefix string) (names []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		names = append(names, prefix+f.Name)
	}
	return names
}

func TestLinesThatAreMissingMovedOrAddedShow(t *testing.T) {
	for name, change := range map[string]func([]Entry, *Head) []Entry{
		"the first is gone":   func(e []Entry, _ *Head) []Entry { return e[1:] },
		"one is gone":         func(e []Entry, _ *Head) []Entry { return slices.Delete(e, 2, 3) },
		"the last is gone":    func(e []Entry, _ *Head) []Entry { return e[:4] },
		"all are gone":        func([]Entry, *Head) []Entry { return nil },
		"two changed places":  func(e []Entry, _ *Head) []Entry { e[1], e[2] = e[2], e[1]; return e },
		"places, not numbers": func(e []Entry, _ *Head) []Entry { e[1], e[2] = e[2], e[1]; e[1].N, e[2].N = 2, 3; return e },
		"one stands twice":    func(e []Entry, _ *Head) []Entry { return slices.Insert(e, 2, e[1]) },
		"one was added": func(e []Entry, _ *Head) []Entry {
			more := Entry{CaseID: 41}
			more.Seal(Head{N: 5, Hash: e[4].Hash})
			return append(e, more)
		},
		"the head lags behind":  func(e []Entry, h *Head) []Entry { *h = Head{N: 4, Hash: e[3].Hash}; return e },
		"the head is another's": func(e []Entry, h *Head) []Entry { h.Hash = e[0].Hash; return e },
		"there is no head":      func(e []Entry, h *Head) []Entry { *h = Head{}; return e },
		"a line sealed anew": func(e []Entry, _ *Head) []Entry {
			e[2].Text = "web01 was left alone."
			e[2].Seal(Head{N: 2, Hash: e[1].Hash})
			return e
		},
		"all lines sealed anew, the head not": func(e []Entry, _ *Head) []Entry {
			head := FirstHead("am-a")
			e[2].Text = "web01 was left alone."
			for n := range e {
				head = e[n].Seal(head)
			}
			return e
		},
	} {
		t.Run(name, func(t *testing.T) {
			entries, head := fiveLines("am-a")
			if err := VerifyJournal("am-a", change(entries, &head), head); err == nil {
				t.Error("it doesn't show")
			}
		})
	}
}

func TestAnotherCasesJournalDoesNotPass(t *testing.T) {
	entries, head := fiveLines("am-a")
	if err := VerifyJournal("am-b", entries, head); err == nil {
		t.Error("the journal of one case passes for another's")
	}
}

func TestTheFirstLineThatDoesNotFitIsNamed(t *testing.T) {
	entries, head := fiveLines("am-a")
	entries[2].Text, entries[4].Text = "x", "y"
	if err := VerifyJournal("am-a", entries, head); err == nil || !strings.Contains(err.Error(), "entry 3 ") {
		t.Errorf("%v", err)
	}
	entries, head = fiveLines("am-a")
	if err := VerifyJournal("am-a", slices.Delete(entries, 2, 3), head); err == nil || !strings.Contains(err.Error(), "entry 2 is followed by entry 4") {
		t.Errorf("%v", err)
	}
	entries, head = fiveLines("am-a")
	if err := VerifyJournal("am-a", entries[:3], head); err == nil || !strings.Contains(err.Error(), "ends at entry 3, the case says 5") {
		t.Errorf("%v", err)
	}
}

// The database keeps milliseconds, in whatever zone its driver gives times back.
func TestALineIsTheSameAfterTheDatabase(t *testing.T) {
	entries, head := fiveLines("am-a")
	for n, e := range entries {
		entries[n].At = time.UnixMilli(e.At.UnixMilli()).In(time.FixedZone("", 3600))
	}
	if err := VerifyJournal("am-a", entries, head); err != nil {
		t.Error(err)
	}
}

// What stands in one field can't be moved into the next: the same text, cut otherwise, reads otherwise.
func TestNoTwoLinesReadTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune(`ab",[]{}\`+"\n")), 0, 8, -1).Draw(t, "text")
		cut := func() []int {
			at := rapid.SliceOfN(rapid.IntRange(0, len(text)), 3, 3).Draw(t, "cut")
			slices.Sort(at)
			return at
		}
		line := func(at []int) string {
			e := Entry{N: 1, Object: text[:at[0]], Kind: text[at[0]:at[1]], Text: text[at[1]:at[2]], Data: json.RawMessage(text[at[2]:])}
			return e.sum()
		}
		a, b := cut(), cut()
		if slices.Equal(a, b) != (line(a) == line(b)) {
			t.Fatalf("%q, cut at %v and %v", text, a, b)
		}
	})
}
