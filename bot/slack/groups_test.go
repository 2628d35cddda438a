package slack

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/bot/wording"
)

const agents = "S0AGENTS"

// byGroup lets people in by a user group alone.
func byGroup(members ...string) option {
	return func(w *world) {
		w.SetGroup(agents, members, false)
		w.config.AllowedUsers, w.config.AllowedGroups = nil, []string{agents}
	}
}

func TestMembersOfAGroupMayAndOthersMayNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, byGroup(sanne))
	v := w.ask(sanne, "10234")
	if got := w.Command(context.Background(), bram, "10234"); !strings.Contains(string(got.Body), "Je mag dit niet gebruiken") {
		t.Errorf("%s", got.Body)
	}
	w.submit(sanne, v, nil)
	card := w.card("Wacht op betaling")
	w.Press(context.Background(), bram, card.On(), slackfake.Press{Action: actionMore, Choose: choiceStop + ":" + pointer(bot.File{Case: w.all()[0]})})
	w.told(bram, "Je mag dit niet gebruiken")
	if n := len(w.Calls("usergroups.users.list")); n > 2 {
		t.Errorf("Slack was asked %d times", n)
	}
}

func TestWhoLeavesTheGroupMayNoLonger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, byGroup(sanne))
	v := w.ask(sanne, "10234")
	w.SetGroup(agents, []string{kees}, false)
	w.clock.Add(keepGroup)
	w.submit(sanne, v, nil)
	if len(w.all()) != 0 {
		t.Error("a case was started")
	}
}

// While Slack doesn't say who is in a group, what it said a while ago counts; then nobody is let in.
func TestSilentSlackIsBelievedForAWhileAndThenNobodyIsLetIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, byGroup(sanne))
	r := newRights(w.bot.cfg, w.bot.client, slog.New(slog.DiscardHandler))
	ctx := context.Background()
	if got := r.refusal(ctx, sanne); got != "" {
		t.Fatal(got)
	}
	w.fails("usergroups.users.list", slackfake.Status(503), 50)
	w.clock.Add(keepGroup + time.Minute)
	if got := r.refusal(ctx, sanne); got != "" {
		t.Errorf("after eleven minutes: %s", got)
	}
	before := len(w.Calls("usergroups.users.list"))
	if r.refusal(ctx, sanne); len(w.Calls("usergroups.users.list")) != before {
		t.Error("asks a silent Slack at each command")
	}
	w.clock.Add(trustGroup)
	if got := r.refusal(ctx, sanne); got != "slack.rights_unknown" {
		t.Errorf("after forty minutes: %q", got)
	}
	if r.mayApprove(ctx, sanne) {
		t.Error("approves by nothing")
	}
}

func TestSlowSlackHoldsNoCommandUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, byGroup(sanne))
	r := newRights(w.bot.cfg, w.bot.client, slog.New(slog.DiscardHandler))
	w.fails("usergroups.users.list", slackfake.Hang(), 4)
	began := time.Now()
	if got := r.refusal(context.Background(), sanne); got != "slack.rights_unknown" {
		t.Errorf("%q", got)
	}
	if took := time.Since(began); took > 2*groupTimeout {
		t.Errorf("took %s", took)
	}
}

func TestPlanWithoutGroupsIsSaidToTheOperator(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) {
		w.SetGroup(agents, []string{sanne}, true)
		w.config.AllowedUsers, w.config.AllowedGroups = []string{kees}, []string{agents}
		w.config.ApproverGroups = []string{agents}
	})
	if err := w.bot.Check(context.Background()); !errors.Is(err, errPaidPlan) {
		t.Errorf("doctor hears %v", err)
	}
	if got := w.bot.rights.refusal(context.Background(), kees); got != "" {
		t.Errorf("who is named by id is refused: %s", got)
	}
	if w.bot.mayUse(context.Background(), sanne) || w.bot.mayApprove(context.Background(), sanne) {
		t.Error("let in by a group that nobody can read")
	}
}

// An app that is installed for a whole organisation gets payloads without a team, and is_enterprise_install as a word.
func TestOrganisationsOwnPeopleMay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) {
		w.SetOrganisation("E0OURS", true)
		w.config.EnterpriseID, w.config.TeamIDs = "E0OURS", nil
	})
	w.confirmed("10234")
	w.card("Wacht op betaling")
	w.SetOrganisation("E0THEIRS", true)
	if got := w.Command(context.Background(), sanne, "10234"); !strings.Contains(string(got.Body), "onze eigen werkruimte") {
		t.Errorf("%s", got.Body)
	}
}

func TestMinimalChannelIsToldNumbersAndStatesOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.config.Minimal = true })
	v := w.ask(sanne, "10234")
	if shown := slackfake.RenderView(v); !strings.Contains(shown, "Jansen") || !strings.Contains(shown, "340,00") {
		t.Fatalf("the private view is whole: %s", shown)
	}
	w.submit(sanne, v, nil)
	card := w.card("Wacht op betaling")
	w.until("the thread", func(p slackfake.Snapshot) bool { return len(p.Thread(cases, card.TS)) >= 3 })
	var all strings.Builder
	for _, m := range append(w.Thread(cases, card.TS), w.Messages(cases)...) {
		all.WriteString(m.Text + slackfake.RenderMessage(m) + "\n")
		for _, e := range m.Edits {
			all.WriteString(e.Text)
		}
	}
	for _, secret := range []string{"Jansen", "340", "€", "web01"} {
		if strings.Contains(all.String(), secret) {
			t.Errorf("the channel is told %q: %s", secret, all.String())
		}
	}
	if !strings.Contains(all.String(), "10234") {
		t.Error("not even the number")
	}
}

func TestReasonsOfAMinimalChannelHideAmountsAndQuotes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.config.Minimal, w.hold = true, true })
	sc := w.bot.channelScreen()
	for _, r := range []wording.Reason{
		wording.Because("amount_changed", "was", "EUR 34000", "now", "EUR 22000"), wording.Because("stopped", "who", "Sanne", "why", "belooft te betalen"),
		wording.Because("service_gone", "service", "web01.jansenbouw.example"), wording.Because("hand_suspend", "service", "web01", "url", "https://x.example"),
	} {
		if got := sc.reason(r); got != sc.say("slack.minimal_why") {
			t.Errorf("%s says %s", r.Code, got)
		}
	}
	if got := sc.reason(wording.Because("bot_paused", "who", "Jacqueline")); !strings.Contains(got, "Jacqueline") {
		t.Errorf("hides a colleague: %s", got)
	}
}
