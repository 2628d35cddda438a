package cerb

import (
	"errors"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

// bare is a double without the custom field.
func bare(t *testing.T) *double {
	t.Helper()
	d := &double{mails: newMailbox(t)}
	return d.start(t, cerbfake.Options{})
}

func states(p SetupPlan) string {
	var out []string
	for _, item := range p.Items {
		out = append(out, string(item.State))
	}
	return strings.Join(out, " ")
}

func TestSetupMakesWhatIsMissingOnce(t *testing.T) {
	d := bare(t)
	c := d.client(t, nil)
	s := Setup{Client: c, Snippets: []SetupSnippet{{"Account Termination (nl)", "{{prompt_amount}} {{mask}}"}, {"Account Termination (en)", "owed"}}}
	plan, err := s.Plan(t.Context())
	if err != nil || states(plan) != "missing missing missing" || plan.Done() || len(d.written()) != 0 {
		t.Fatalf("plan %v, %v, wrote %v", states(plan), err, d.written())
	}
	for range 2 { // an old plan that was carried out makes nothing twice
		if err := s.Apply(t.Context(), plan); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.written(); len(got) != 3 {
		t.Errorf("wrote %v", got)
	}
	now, err := s.Plan(t.Context())
	if err != nil || !now.Done() || states(now) != "present present present" {
		t.Errorf("plan %v, %v", states(now), err)
	}
	// what was made can be used: the field by its filter, the snippet with a ticket
	ticket, _ := opened(d, t, c, "am-1")
	found, err := c.FindTickets(t.Context(), "am-1")
	if err != nil || len(found.Tickets) != 1 {
		t.Errorf("found %+v, %v", found, err)
	}
	got, err := c.Render(t.Context(), helpdesk.Render{Titles: []string{"Account Termination (nl)"}, TicketID: ticket.ID, Values: map[string]string{"amount": "12"}})
	if err != nil || got.Text != "12 "+ticket.Mask {
		t.Errorf("rendered %+v, %v", got, err)
	}
}

func TestSetupTouchesNothingThatIsThere(t *testing.T) {
	d := bare(t)
	for _, title := range []string{"Two", "two ", "Own text"} {
		d.AddSnippet(title, "their own", ticketContext)
	}
	d.AddSnippet("Wrong type", "x", "ticket")
	d.AddCustomField(cerbfake.CustomField{Name: "Termination case", URI: "theirs"})
	d.AddCustomField(cerbfake.CustomField{Name: "Termination Case", URI: "termination_case"})
	s := Setup{Client: d.client(t, nil), Snippets: []SetupSnippet{{"Two", "x"}, {"Own text", "x"}, {"Wrong type", "x"}}}
	plan, err := s.Plan(t.Context())
	if err != nil || states(plan) != "unusable unusable present unusable" {
		t.Fatalf("plan %+v, %v", plan, err)
	}
	for _, item := range plan.Items {
		if (item.State == Unusable) != (item.Note != "") {
			t.Errorf("%s: note %q", item.Name, item.Note)
		}
	}
	if err := s.Apply(t.Context(), plan); err != nil || len(d.written()) != 0 {
		t.Errorf("wrote %v, %v", d.written(), err)
	}
}

func TestSetupNeedsTheRight(t *testing.T) {
	d := bare(t)
	s := Setup{Client: d.client(t, func(cfg *Config) { cfg.AccessKey, cfg.SecretKey = "sannekey", "sannesecret" })}
	plan, err := s.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), plan); !errors.Is(err, helpdesk.ErrAuth) {
		t.Errorf("error %v", err)
	}
	plan.Items = []SetupItem{{Kind: "snippet", Name: "unknown", State: Missing}}
	if err := s.Apply(t.Context(), plan); !errors.Is(err, helpdesk.ErrRefused) {
		t.Errorf("a foreign plan: %v", err)
	}
}

// There are dozens of letters. A search each would take seconds, on every look.
func TestSetupAsksForAlikeTitlesTogether(t *testing.T) {
	d := bare(t)
	d.AddSnippet("account termination: B ", "their own", ticketContext)
	d.AddSnippet("Account Termination: A (old)", "another", ticketContext)
	s := Setup{Client: d.client(t, nil)}
	for _, name := range []string{"A", "B", "C", "D"} {
		s.Snippets = append(s.Snippets, SetupSnippet{"Account Termination: " + name, "text"})
	}
	plan, err := s.Plan(t.Context())
	if err != nil || states(plan) != "missing missing present missing missing" {
		t.Errorf("plan %v, %v", states(plan), err)
	}
	asked := 0
	for _, call := range d.Calls() {
		if strings.Contains(call.Path, "snippet") {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}
