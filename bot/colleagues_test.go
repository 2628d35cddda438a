package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

const (
	jansenMail = "administratie@jansenbouw.example"
	piet       = "Piet@JansenBouw.example" // the customer's other address
)

// colleagues is what a new process looks with.
func (r *rig) colleagues() *bot.Colleagues {
	return bot.NewColleagues(r.store, r.world, func(int64) {}, slog.New(slog.DiscardHandler))
}

// look lets time go by and looks, as a process that runs on.
func (r *rig) look(w *bot.Colleagues) {
	r.t.Helper()
	r.clock.Add(15 * time.Minute)
	must(r.t, w.Look(context.Background()))
}

// writes lets somebody open a ticket, a while after whatever was before.
func (r *rig) writes(from string) (ticketID int) {
	r.t.Helper()
	r.clock.Add(time.Minute)
	id, err := r.cerb.CustomerWrites(from, "Mijn site doet het niet", "Wat is er aan de hand?")
	must(r.t, err)
	return id
}

// comments are those on a ticket.
func (r *rig) comments(ticketID int) (texts []string) {
	for _, t := range r.cerb.Tickets() {
		if t.ID == ticketID {
			for _, c := range t.Comments {
				texts = append(texts, c.Text)
			}
		}
	}
	return texts
}

// wantComments checks how many comments a ticket has, and that each has its line in the journal.
func (r *rig) wantComments(caseID int64, n int, tickets ...int) {
	r.t.Helper()
	for _, id := range tickets {
		if got := r.comments(id); len(got) != n {
			r.t.Errorf("ticket %d has %d comments, want %d: %q", id, len(got), n, got)
		}
	}
	if f := r.file(caseID); told(f) != n*len(tickets) {
		r.t.Errorf("%d lines in the journal\n%s", told(f), journal(f))
	}
}

func told(f bot.File) (n int) {
	for _, e := range f.Journal {
		if e.Kind == "colleagues told" {
			n++
		}
	}
	return n
}

func TestEachNewTicketOfTheCustomerGetsOneComment(t *testing.T) {
	r := newRig(t)
	old := r.writes(jansenMail)
	r.clock.Add(time.Hour)
	c := r.waitsForPayment("10234")
	own, _ := r.world.Desk.Ticket(t.Context(), c.Ticket.ID)
	first, stranger, closed := r.writes(piet), r.writes("iemand@else.example"), r.writes(jansenMail)
	_, err := r.world.Desk.SetStatus(t.Context(), fmt.Sprint(closed), "closed")
	must(t, err)
	before, mails := r.file(c.ID), len(r.mails.all())
	w := r.colleagues()
	r.look(w)
	r.look(w)
	r.wantComments(c.ID, 1, first)
	second := r.writes(jansenMail)
	r.look(w)
	for range 3 { // after a restart, and days later
		w = r.colleagues()
		r.look(w)
		r.clock.Add(20 * time.Hour)
	}
	r.wantComments(c.ID, 1, first, second)
	for _, id := range []int{old, stranger, closed} {
		if got := r.comments(id); len(got) != 0 {
			t.Errorf("ticket %d: %q", id, got)
		}
	}
	if after, _ := r.world.Desk.Ticket(t.Context(), c.Ticket.ID); after != own || len(r.mails.all()) != mails {
		t.Errorf("the case's ticket is %+v, with %d mails", after, len(r.mails.all()))
	}
	if f := r.file(c.ID); f.Case.State != before.Case.State || !f.Case.DueAt.Equal(before.Case.DueAt) || len(f.Intents) != len(before.Intents) {
		t.Errorf("the case moved: %+v", f.Case)
	}
}

func TestTheCommentSaysHowTheCaseStandsAndNoName(t *testing.T) {
	r := newRig(t)
	c := r.waitsForPayment("10234")
	w, ticket := r.colleagues(), r.writes(jansenMail)
	r.look(w)
	want := "Let op: deze klant (10234) zit in de wanbetalersprocedure, zaak 1.\n" +
		"Ticket van de zaak: " + c.Ticket.Mask + " " + c.Ticket.URL + "\n\n" +
		"Zo staat het op 24 november 2026 om 10:16: diensten opgeschort sinds 24 november 2026. De zaak wacht tot 22 december 2026 op betaling.\n" +
		"Zeg niets toe en zet niets met de hand aan. Vragen over het geld horen in het ticket van de zaak.\n" +
		"Schrijft een eindklant van deze klant, antwoord dan met de snippet “Account Termination: neutral answer (nl)”: die noemt geen schuld.\n\n" +
		"[" + c.Key + "]"
	if got := r.comments(ticket); len(got) != 1 || got[0] != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseHold, Kind: bot.PauseDispute, Why: "geheim"})
	r.world.Policy.TeamLanguage = wording.EN
	w, ticket = r.colleagues(), r.writes(jansenMail)
	r.look(w)
	got := strings.Join(r.comments(ticket), "")
	if !strings.Contains(got, "services suspended since 24 November 2026. The case is on hold.") || strings.Contains(got, "geheim") || strings.Contains(got, "Jansen") {
		t.Errorf("%q", got)
	}
}

// TestNoCommentTwiceWhateverFails lets the process die, and lets single calls and commits fail, before and after each commit and
// each call of a look.
func TestNoCommentTwiceWhateverFails(t *testing.T) {
	begun := func(t *testing.T) (*rig, bot.Case, int) {
		r := newRig(t)
		c := r.waitsForPayment("10234")
		return r, c, r.writes(jansenMail)
	}
	r, _, _ := begun(t)
	r.points.arm(nil)
	must(t, r.colleagues().Look(t.Context()))
	names, _ := r.points.happened()
	if len(names) < 8 {
		t.Fatalf("only %d points: %v", len(names), names)
	}
	for at := 1; at <= len(names); at++ {
		for _, crash := range []bool{true, false} {
			for _, after := range []bool{true, false} {
				t.Run(fmt.Sprintf("%d %s crash=%t after=%t", at, names[at-1], crash, after), func(t *testing.T) {
					t.Parallel()
					r, c, ticket := begun(t)
					w := r.colleagues()
					r.points.arm(func(p *points) { p.at, p.crash, p.after = at, crash, after })
					_ = w.Look(t.Context()) // its error is the failure that was planned
					if _, dead := r.points.happened(); dead {
						w = r.colleagues()
					}
					r.points.arm(nil)
					for range 3 {
						r.look(w)
					}
					r.wantComments(c.ID, 1, ticket)
					r.wantState(r.file(c.ID), bot.Waiting, "")
				})
			}
		}
	}
}

func TestTwoProcessesCommentOnce(t *testing.T) {
	r := newRig(t)
	c := r.waitsForPayment("10234")
	var tickets []int
	for range 5 {
		tickets = append(tickets, r.writes(jansenMail))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := r.colleagues().Look(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r.wantComments(c.ID, 1, tickets...)
}

// sleepy is a store whose process stands still right after a commit, the n-th from now.
type sleepy struct {
	bot.Store
	n     int
	sleep func()
}

func (s *sleepy) InTx(ctx context.Context, f func(bot.Tx) error) error {
	err := s.Store.InTx(ctx, f)
	if s.n--; s.n == 0 {
		s.sleep()
	}
	return err
}

// TestAProcessThatWakesLateWritesNoComment: it stands still between what it keeps and its call, and another takes the ticket up.
func TestAProcessThatWakesLateWritesNoComment(t *testing.T) {
	r := newRig(t)
	c := r.waitsForPayment("10234")
	ticket := r.writes(jansenMail)
	slept := false
	late := bot.NewColleagues(&sleepy{Store: r.database, n: 2, sleep: func() {
		slept = true
		r.look(r.colleagues())
		r.wantComments(c.ID, 1, ticket)
		r.cerb.ForgetCalls()
	}}, r.world, func(int64) {}, slog.New(slog.DiscardHandler))
	must(t, late.Look(t.Context()))
	if !slept || len(r.cerb.Calls()) != 0 {
		t.Errorf("slept %t, then called %v", slept, r.cerb.Calls())
	}
	r.wantComments(c.ID, 1, ticket)
}

func TestOnlyACaseThatIsUnderWayHasColleaguesTold(t *testing.T) {
	none := func(t *testing.T, r *rig, c bot.Case) {
		t.Helper()
		ticket := r.writes(jansenMail)
		r.cerb.ForgetCalls()
		r.look(r.colleagues())
		r.wantComments(c.ID, 0, ticket)
		if n := len(r.cerb.Calls()); n != 0 {
			t.Errorf("%d calls", n)
		}
	}
	t.Run("approving", func(t *testing.T) {
		r := newRig(t, asksApproval)
		c := r.start("10234")
		r.run(c.ID, time.Minute)
		none(t, r, c)
	})
	t.Run("confirming", func(t *testing.T) { r := newRig(t); none(t, r, r.start("10234")) })
	t.Run("paused", func(t *testing.T) {
		r := newRig(t)
		c := r.waitsForPayment("10234")
		must(t, r.desk.Pause(t.Context(), jacqueline()))
		none(t, r, c)
		must(t, r.desk.Resume(t.Context(), jacqueline()))
		must(t, r.colleagues().Look(t.Context()))
		r.wantComments(c.ID, 1, r.cerb.Tickets()[1].ID)
	})
	t.Run("over", func(t *testing.T) {
		r := newRig(t)
		c := r.waitsForPayment("10234")
		must(t, r.office.Pay("10234"))
		r.wantState(r.untilEnded(c.ID, time.Hour), bot.Ended, "restored_paid")
		none(t, r, c)
	})
	t.Run("over meanwhile", func(t *testing.T) {
		r := newRig(t)
		c := r.waitsForPayment("10234")
		ticket := r.writes(jansenMail)
		w := bot.NewColleagues(&sleepy{Store: r.database, n: 1, sleep: func() {
			must(t, r.office.Pay("10234"))
			r.wantState(r.untilEnded(c.ID, time.Hour), bot.Ended, "restored_paid")
		}}, r.world, func(int64) {}, slog.New(slog.DiscardHandler))
		must(t, w.Look(t.Context()))
		r.wantComments(c.ID, 0, ticket)
	})
	t.Run("dry run", func(t *testing.T) {
		r := newRig(t)
		c := r.waitsForPayment("10234")
		r.world.Policy.Mode = bot.DryRun
		none(t, r, c)
	})
}

// TestACaseThatNeedsAPersonHasColleaguesToldToo, and so has one that is on hold, and one that isn't through yet.
func TestACaseThatNeedsAPersonHasColleaguesToldToo(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.SuspendDelay = time.Hour })
	c := r.start("10234")
	r.wantState(r.run(c.ID, time.Minute), bot.Running, "suspended_later")
	w, running := r.colleagues(), r.writes(jansenMail)
	r.look(w)
	if got := strings.Join(r.comments(running), ""); !strings.Contains(got, "er is niets uitgezet. De procedure loopt nog.") {
		t.Errorf("%q", got)
	}
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseHold, Kind: bot.PauseAsked, Why: "vakantie"})
	held := r.writes(jansenMail)
	r.look(w)
	r.wantComments(c.ID, 1, running, held)
}

// TestATicketThatCannotBeCommentedOnHoldsNobodyUp: it is told to whoever asks the doctor, and to no one else.
func TestATicketThatCannotBeCommentedOnHoldsNobodyUp(t *testing.T) {
	r := newRig(t)
	c := r.waitsForPayment("10234")
	w, ticket := r.colleagues(), r.writes(jansenMail)
	r.cerb.FailNext("POST", "tickets/*/comment.json", -1, cerbfake.Fault{Kind: cerbfake.FaultError})
	for range 3 {
		r.look(w)
	}
	f := r.file(c.ID)
	r.wantState(f, bot.Waiting, "")
	r.wantComments(c.ID, 0, ticket)
	untold, err := r.desk.Untold(t.Context())
	if err != nil || len(untold) != 1 || untold[0].Mask == "" || untold[0].Trouble != "Something went wrong." || untold[0].Tries != 3 {
		t.Errorf("%+v, %v", untold, err)
	}
	r.cerb.Heal()
	r.look(w)
	r.wantComments(c.ID, 1, ticket)
	merged := r.writes(jansenMail)
	r.world.Desk = gone{r.world.Desk}
	for range 3 {
		r.look(r.colleagues())
	}
	if untold, err = r.desk.Untold(t.Context()); err != nil || len(untold) != 1 || untold[0].TicketID != fmt.Sprint(merged) || untold[0].Refused == "" || untold[0].Tries != 1 {
		t.Errorf("%+v, %v", untold, err)
	}
}

// TestABackOfficeThatIsSilentLeavesTheNoticesAddress, and the customer's other addresses to the next look.
func TestABackOfficeThatIsSilentLeavesTheNoticesAddress(t *testing.T) {
	r := newRig(t)
	c := r.waitsForPayment("10234")
	w, first, second := r.colleagues(), r.writes(jansenMail), r.writes(piet)
	heal := r.office.Inject(inhousefake.Fault{Operation: "getCustomer", Break: inhousefake.Reset})
	r.look(w)
	r.wantComments(c.ID, 1, first)
	heal()
	r.look(w)
	r.wantComments(c.ID, 1, first, second)
}

// TestALookGoesBackAsFarAsItHasTo: a little before the last one, for all cases at once; to the start of a case that wasn't there.
func TestALookGoesBackAsFarAsItHasTo(t *testing.T) {
	r := newRig(t)
	c := r.waitsForPayment("10234")
	email := r.preview("10235").Plan.To.Email
	early := r.writes(email) // after the first case's start, before the second's
	r.clock.Add(time.Minute)
	other := r.start("10235")
	w, ticket := r.colleagues(), r.writes(jansenMail)
	late := r.writes(email)
	for range 130 { // a page is a hundred
		r.writes("iemand@else.example")
	}
	r.look(w)
	r.clock.Add(5 * time.Hour)
	r.look(w)
	r.cerb.ForgetCalls()
	r.look(w)
	if n := len(r.cerb.Calls()); n != 1 {
		t.Errorf("%d calls for nothing new", n)
	}
	r.wantComments(c.ID, 1, ticket)
	r.run(other.ID, time.Hour)
	r.look(w)
	r.wantComments(other.ID, 1, late)
	r.look(r.colleagues()) // from the start of each
	if got := r.comments(early); len(got) != 0 {
		t.Errorf("the ticket from before: %q", got)
	}
}

// gone is a helpdesk that lists tickets which it doesn't have any more.
type gone struct{ helpdesk.Desk }

func (gone) Comment(context.Context, string, helpdesk.NewComment) (bool, error) {
	return false, &helpdesk.Error{Kind: helpdesk.ErrNotFound, Op: "comment", Sentence: "It isn't there."}
}
