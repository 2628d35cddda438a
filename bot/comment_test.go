package bot

import (
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

// lastYear is a case of ours that ended on 1 June 2025, with its ticket.
func lastYear(t testing.TB) Case {
	return Case{
		ID: 7, Key: "am-lastyear12345", State: Ended, EndedAt: moment(t, "2025-06-01 12:00"),
		Ticket: TicketRef{ID: "12", Mask: "GKF-27674-451", URL: "https://cerb.example/index.php/profiles/ticket/GKF-27674-451"},
	}
}

// noted is a comment of that day and title.
func noted(t testing.TB, id, day, title, text string) backoffice.Note {
	return backoffice.Note{ID: id, Title: title, Author: "Bram Smit", At: moment(t, day+" 12:00"), Text: text}
}

func TestACommentThatSomeoneTypedCountsHoweverItIsWritten(t *testing.T) {
	for title, counts := range map[string]bool{
		"betalingsachterstand": true, "Betalingsachterstand": true, "  BETALINGSACHTERSTAND\t": true, "betalingsachterstand\n": true,
		"\u00a0betalingsachterstand ": true,
		"betalingsachterstand?":       false, "geen betalingsachterstand": false, "betalings achterstand": false, "telefoonnotitie": false, "": false,
	} {
		f := jansen(t)
		f.Notes = []backoffice.Note{noted(t, "n1", "2026-11-02", title, "ABC-123")}
		want := []string{}
		if counts {
			want = []string{"typed_comment"}
		}
		t.Run(title, func(t *testing.T) { wantBlocked(t, Decide(f, policyOf(t), Wish{}), want...) })
	}
}

func TestTheLatestCommentIsTheOneThatIsNamed(t *testing.T) {
	f := jansen(t)
	f.Notes = []backoffice.Note{noted(t, "n2", "2026-11-02", CommentTitle, ""), noted(t, "n1", "2026-10-01", CommentTitle, "")}
	f.Notes[0].Author = "Sanne Visser"
	p := Decide(f, policyOf(t), Wish{})
	wantBlocked(t, p, "typed_comment")
	if a := p.Blocked[0].Args; a["who"] != "Sanne Visser" || a["at"] != "2026-11-02T11:00:00Z" {
		t.Errorf("named %v", a)
	}
}

// A customer may default again next year. Each row is an account's comments, and whether they keep a new case away.
func TestSecondDefault(t *testing.T) {
	ours := func(day string) backoffice.Note {
		n := noted(t, "ours", day, CommentTitle, "GKF-27674-451\nhttps://cerb.example/index.php/profiles/ticket/GKF-27674-451")
		n.ExternalRef = "am-lastyear12345-comment"
		return n
	}
	typed := func(id, day, text string) backoffice.Note { return noted(t, id, day, CommentTitle, text) }
	restored := func(day, title string) backoffice.Note { return noted(t, "r"+day, day, title, "") }
	for _, row := range []struct {
		name   string
		notes  []backoffice.Note
		blocks bool
	}{
		{"restored since", []backoffice.Note{typed("a", "2025-03-01", ""), restored("2025-04-01", "betaald, hersteld")}, false},
		{"restored, written otherwise", []backoffice.Note{typed("a", "2025-03-01", ""), restored("2025-04-01", " Betaald,  Hersteld ")}, false},
		{"restored, listed the other way round", []backoffice.Note{restored("2025-04-01", "betaald, hersteld"), typed("a", "2025-03-01", "")}, false},
		{"in arrears again after that", []backoffice.Note{typed("a", "2025-03-01", ""), restored("2025-04-01", "betaald, hersteld"), typed("b", "2026-11-02", "")}, true},
		{"an older restoring doesn't count", []backoffice.Note{restored("2025-01-01", "betaald, hersteld"), typed("a", "2025-03-01", "")}, true},
		{"only paid, not restored", []backoffice.Note{typed("a", "2025-03-01", ""), restored("2025-04-01", "betaald")}, true},
		{"our own, of a case that has ended", []backoffice.Note{ours("2025-05-01")}, false},
		{"our own, after the end by the other system's clock", []backoffice.Note{ours("2025-06-02")}, false},
		{"typed by hand with the ticket of an ended case", []backoffice.Note{typed("a", "2025-05-01", "zie GKF-27674-451")}, false},
		{"the same, but typed after the end", []backoffice.Note{typed("a", "2025-06-02", "zie GKF-27674-451")}, true},
		{"with the link alone", []backoffice.Note{typed("a", "2025-05-01", "https://cerb.example/index.php/profiles/ticket/GKF-27674-451")}, false},
		{"of another ticket", []backoffice.Note{typed("a", "2025-05-01", "zie GKF-27674-452")}, true},
		{"of a ticket whose number is longer", []backoffice.Note{typed("a", "2025-05-01", "zie GKF-27674-4519")}, true},
		{"of a ticket whose number begins otherwise", []backoffice.Note{typed("a", "2025-05-01", "zie AGKF-27674-451")}, true},
		{"of two tickets, ours the second", []backoffice.Note{typed("a", "2025-05-01", "GKF-27674-4519, GKF-27674-451.")}, false},
		{"our own ended one, then one by hand", []backoffice.Note{ours("2025-05-01"), typed("b", "2026-11-02", "")}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := jansen(t)
			f.Notes, f.PastCases = row.notes, []Case{lastYear(t)}
			want := []string{}
			if row.blocks {
				want = []string{"typed_comment"}
			}
			wantBlocked(t, Decide(f, policyOf(t), Wish{}), want...)
		})
	}
}

func TestAnEndedCaseWithoutATicketExplainsNoComment(t *testing.T) {
	f := jansen(t)
	past := lastYear(t)
	past.Ticket = TicketRef{}
	f.Notes, f.PastCases = []backoffice.Note{noted(t, "a", "2025-05-01", CommentTitle, "")}, []Case{past}
	wantBlocked(t, Decide(f, policyOf(t), Wish{}), "typed_comment")
}

func TestACommentIsSetAsideByAPerson(t *testing.T) {
	old, older := noted(t, "old", "2026-01-05", CommentTitle, ""), noted(t, "older", "2025-01-05", CommentTitle, "")
	newer := noted(t, "newer", "2026-11-02", CommentTitle, "")
	for _, row := range []struct {
		name  string
		notes []backoffice.Note
		want  []string
	}{
		{"it doesn't count any more", []backoffice.Note{old}, nil},
		{"nor do those before it", []backoffice.Note{older, old}, nil},
		{"one that came later does", []backoffice.Note{old, newer}, []string{"typed_comment"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := jansen(t)
			f.Notes, f.SetAside = row.notes, "old"
			p := Decide(f, policyOf(t), Wish{})
			wantBlocked(t, p, row.want...)
			wantWarned(t, p, "set_aside")
			if p.Terms().SetAside != "old" {
				t.Errorf("the case remembers %q", p.Terms().SetAside)
			}
		})
	}
}

func TestACommentWithoutAnIDCantBeSetAsideByChance(t *testing.T) {
	f := jansen(t)
	f.Notes = []backoffice.Note{noted(t, "", "2026-11-02", CommentTitle, "")}
	wantBlocked(t, Decide(f, policyOf(t), Wish{}), "typed_comment")
}

func TestTheRunningCasesOwnCommentIsNamedOnce(t *testing.T) {
	f := jansen(t)
	running := lastYear(t)
	running.State, running.EndedAt, running.CreatedAt = Waiting, time.Time{}, moment(t, "2026-11-16 09:00")
	running.StartedBy = Actor{Name: "Sanne Visser"}
	f.OpenCase = &running
	f.Notes = []backoffice.Note{noted(t, "a", "2026-11-16", CommentTitle, "GKF-27674-451")}
	p := Decide(f, policyOf(t), Wish{})
	wantBlocked(t, p, "own_case_waiting")
	if a := p.Blocked[0].Args; a["who"] != "Sanne Visser" || a["case"] != "7" || a["at"] != "2026-11-16T08:00:00Z" {
		t.Errorf("told %v", a)
	}
}
