package bot_test

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/dryrun"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// limitTo leaves all steps but these to people.
func (r *rig) limitTo(steps ...bot.StepName) {
	r.world.Desk, r.world.Office = dryrun.Limit(r.world.Desk, r.world.Office, steps)
	r.clerk = bot.NewClerk(r.store, r.world, func(int64) {}, slog.New(slog.DiscardHandler))
}

func TestStepsThatAreNotLiveYetAreLeftToPeople(t *testing.T) {
	r := newRig(t)
	r.limitTo(bot.SendNotice, bot.WriteComment)
	c := r.start("10234")
	f := r.run(c.ID, time.Hour)
	r.wantState(f, bot.Person, "by_hand")
	if n := r.hurts(); n["suspend"]+n["cancel"] != 0 || len(r.office.Notes("10234")) != 1 || len(r.mails.all()) != 1 {
		t.Errorf("%v, %d notes, %d mails", n, len(r.office.Notes("10234")), len(r.mails.all()))
	}
	for _, id := range []string{"7001", "7002"} {
		must(t, r.office.SuspendAs("Sanne", id, "Client defaults on payment"))
		must(t, r.office.CancelAs("Sanne", id, string(f.Case.Terms.CancelOn), "Client defaults on payment"))
	}
	r.clock.Add(time.Second)
	r.say(c.ID, bot.SignalByHand, bot.HandWorkDone{})
	r.wantState(r.run(c.ID, time.Hour), bot.Waiting, "")
}

func TestANoticeThatIsNotLiveYetIsSentByAPerson(t *testing.T) {
	r := newRig(t)
	r.limitTo(bot.SuspendServices, bot.CancelOrders, bot.WriteComment)
	c := r.start("10234")
	f := r.run(c.ID, time.Hour)
	if f.Case.State != bot.Person || len(r.mails.all()) != 0 || r.hurts()["suspend"] != 0 {
		t.Fatalf("%s (%v), %d mails\n%s", f.Case.State, f.Case.Reason, len(r.mails.all()), journal(f))
	}
	r.say(c.ID, bot.SignalByHand, bot.HandWorkDone{Step: bot.SendNotice, Note: "sent from the ticket"})
	r.wantState(r.run(c.ID, time.Hour), bot.Waiting, "")
	if len(r.mails.all()) != 0 || r.hurts()["suspend"] != 2 {
		t.Errorf("%d mails by the bot, %d suspended", len(r.mails.all()), r.hurts()["suspend"])
	}
}

// Ten agents' clicks arrive at once and the cap is three: three cases, whatever the order.
func TestClicksAtOnceDoNotPassACapTogether(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.MaxPerHour = 3 })
	seen := map[string]string{}
	for n := 10230; n < 10270; n++ {
		req := bot.Request{CustomerID: strconv.Itoa(n), AgentEmail: sanne}
		if p, err := r.desk.Preview(context.Background(), req); err == nil && p.Plan.Possible() {
			seen[req.CustomerID] = p.Plan.Fingerprint()
		}
	}
	if len(seen) < 4 {
		t.Fatalf("only %d customers can be switched off", len(seen))
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var refused [][]string
	for c, s := range seen {
		all.Go(func() {
			got, err := r.desk.Start(context.Background(), bot.Request{CustomerID: c, AgentEmail: sanne}, bot.Actor{Name: "Sanne"}, s, "key-"+c)
			if err != nil {
				t.Error(err)
			}
			if got.Preview != nil {
				mu.Lock()
				defer mu.Unlock()
				refused = append(refused, r.reasons(got.Preview.Plan))
			}
		})
	}
	all.Wait()
	cases, err := r.desk.Cases(context.Background(), bot.Filter{})
	must(t, err)
	if len(cases) != 3 || len(refused) != len(seen)-3 {
		t.Errorf("%d cases, %d refused of %d", len(cases), len(refused), len(seen))
	}
	for _, why := range refused {
		if !strings.Contains(strings.Join(why, " "), "policy.max_per_hour") {
			t.Errorf("refused because of %v", why)
		}
	}
	r.clock.Add(61 * time.Minute)
	free := 0
	for c := range seen {
		if r.preview(c).Plan.Possible() {
			free++
		}
	}
	if free != len(seen)-3 {
		t.Errorf("an hour later %d of %d customers may be switched off", free, len(seen)-3)
	}
}

// The same confirmation twice at once, at the very edge of the cap: both are told of the one case.
func TestADoubleSubmitAtTheCapIsNotRefused(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.MaxPerAgentDay = 1 })
	seen := r.preview("10234").Plan.Fingerprint()
	got := make([]bot.Receipt, 6)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() { got[i] = r.confirm("10234", seen, "key") })
	}
	all.Wait()
	for i, g := range got {
		if g.Preview != nil || g.Case.ID != got[0].Case.ID || g.Case.ID == 0 {
			t.Errorf("submit %d: %+v", i, g)
		}
	}
}

// What the agent leaves alone stays on to the end of the case, and its journal says who wanted that and why.
func TestAServiceLeftAloneStaysOn(t *testing.T) {
	r := newRig(t)
	req := bot.Request{CustomerID: "10234", AgentEmail: sanne, Wish: bot.Wish{Keep: map[string]string{"7002": "complaint is running"}, CancelOn: "2026-12-31"}}
	seen := r.preview("10234").Plan.Fingerprint()
	got, err := r.desk.Start(context.Background(), req, bot.Actor{Name: "Sanne Visser"}, seen, "key")
	must(t, err)
	if got.Preview != nil {
		t.Fatalf("not started: %v", r.reasons(got.Preview.Plan))
	}
	f := r.run(got.Case.ID, time.Hour)
	r.wantState(f, bot.Waiting, "")
	if n := r.hurts(); n["suspend"] != 1 || n["cancel"] != 1 || f.Case.Terms.CancelOn != "2026-12-31" {
		t.Errorf("%v, cancelled on %s", n, f.Case.Terms.CancelOn)
	}
	told := slices.ContainsFunc(f.Journal, func(e bot.Entry) bool {
		return e.Kind == "service left alone" && e.Object == "7002" && e.Text == "Sanne Visser left db02 alone: complaint is running"
	})
	if !told {
		t.Errorf("the journal doesn't say it:\n%s", journal(f))
	}
}

// A ticket about a complaint is running: the agent sees it, and one that comes up between look and confirmation too.
func TestOtherTicketsOfTheCustomerAreShown(t *testing.T) {
	r := newRig(t)
	seen := r.preview("10234").Plan
	if len(seen.OtherTickets) != 0 || seen.OtherTicketsUnknown {
		t.Fatalf("%+v", seen.OtherTickets)
	}
	r.openTicket(seen.To.Email)
	p := r.preview("10234").Plan
	if len(p.OtherTickets) != 1 || p.OtherTickets[0].Mask == "" || p.Warnings[0].Code != "other_ticket" {
		t.Errorf("%+v, %v", p.OtherTickets, p.Warnings)
	}
	if got := r.confirm("10234", seen.Fingerprint(), "key"); got.Preview == nil {
		t.Error("started on a look that didn't show the ticket")
	}
	r.world.Desk = mute{r.world.Desk} // a helpdesk that can't tell keeps nobody from the preview, and says so
	r.desk = bot.NewReception(r.database, r.world, func(int64) {}, slog.New(slog.DiscardHandler))
	if late := r.preview("10234").Plan; !late.OtherTicketsUnknown || late.Warnings[0].Code != "other_tickets_unknown" {
		t.Errorf("unknown: %t, %v", late.OtherTicketsUnknown, late.Warnings)
	}
}

// mute is a helpdesk that doesn't list tickets.
type mute struct{ helpdesk.Desk }

func (mute) TicketsOf(context.Context, []string, int) ([]helpdesk.TicketSummary, error) {
	return nil, &helpdesk.Error{Kind: helpdesk.ErrBusy, Op: "list tickets"}
}

func (r *rig) openTicket(to string) {
	r.t.Helper()
	agent, err := r.world.Desk.Agent(context.Background(), sanne)
	must(r.t, err)
	_, err = r.world.Desk.OpenTicket(context.Background(), helpdesk.NewTicket{
		CaseKey: "other-" + to, Subject: "Klacht", To: to, AgentID: agent.ID, Text: "De klant belt over de factuur."})
	must(r.t, err)
}
