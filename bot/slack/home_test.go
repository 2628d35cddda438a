package slack

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// homeSays waits until a person's home says all of this.
func (w *world) homeSays(user string, says ...string) (v slackfake.View) {
	w.t.Helper()
	w.until(fmt.Sprintf("a home that says %q", says), func(p slackfake.Snapshot) bool {
		v, _ = p.Home(user)
		for _, s := range says {
			if !strings.Contains(slackfake.RenderView(v), s) {
				return false
			}
		}
		return len(v.Blocks) > 0
	})
	return v
}

func TestTheHomeShowsOnesCasesAndFollowsThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	w.OpenHome(ctx, sanne)
	v := w.homeSays(sanne, "Alles verbonden · 10:00", "Mijn zaken (0)", "Je hebt geen lopende zaken.", "Opzegging binnen 7 dagen (0)")
	golden(t, "home_empty", blocksOf(v.Blocks))
	if strings.Contains(slackfake.RenderView(v), "Wacht op ons") {
		t.Error("who may not decide is shown what waits for a decision")
	}
	w.Click(ctx, sanne, v.On(), actionHomeNew)
	form := w.topWith(sanne, callbackSearch)
	w.submit(sanne, form, slackfake.Values{fieldQuery: "10234"})
	w.submit(sanne, w.topWith(sanne, callbackConfirm), nil)
	w.eventually("the end", w.waitsForPayment)
	v = w.homeSays(sanne, "Mijn zaken (1)", "Jansen Bouw B.V.", "Wacht op betaling tot")
	golden(t, "home_mine", blocksOf(v.Blocks))
	w.Click(ctx, sanne, v.On(), actionHomeOpen)
	w.until("the case", func(p slackfake.Snapshot) bool {
		all := p.Views(sanne)
		return len(all) > 0 && strings.Contains(slackfake.RenderView(all[len(all)-1]), "Naar de kaart")
	})
	w.OpenHome(ctx, kees)
	w.homeSays(kees, "My cases (0)", "New case…")
}

func TestTheHomeIsNotPublishedAgainWhileItLooksTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.OpenHome(context.Background(), sanne)
	w.homeSays(sanne, "Mijn zaken (0)")
	w.clock.Add(time.Minute)
	time.Sleep(300 * time.Millisecond) // waits: for several looks that find nothing new
	if n := len(w.Calls("views.publish")); n != 1 {
		t.Errorf("published %d times", n)
	}
}

func TestWhoDecidesSeesWhatWaitsAndAStrangerNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dryRun, func(w *world) { w.config.ApproverUsers, w.hold = []string{bram}, true })
	ctx := context.Background()
	w.submit(sanne, w.ask(sanne, "10234"), nil)
	w.eventually("a case", func() bool { return len(w.all()) == 1 })
	w.change(func(c *bot.Case) { c.State, c.Terms.CancelOn = bot.Person, "2026-12-01" })
	w.OpenHome(ctx, bram)
	v := w.homeSays(bram, "Proefmodus", "Wacht op ons (1)", "Jansen Bouw B.V.", "Mijn zaken (0)", "Opzegging binnen 7 dagen (1)")
	if strings.Contains(slackfake.RenderView(v), "Nieuwe zaak…") {
		t.Error("who may start nothing is offered to")
	}
	w.OpenHome(ctx, guest)
	guestSees := w.homeSays(guest, "Gasten mogen dit niet gebruiken")
	w.OpenHome(ctx, stranger)
	for who, v := range map[string]slackfake.View{"a guest": guestSees, "a person of another workspace": w.homeSays(stranger, "alleen vanuit onze eigen werkruimte")} {
		if got := slackfake.RenderView(v); strings.Contains(got, "Jansen") || strings.Contains(got, "Wacht op ons") {
			t.Errorf("%s sees %s", who, got)
		}
	}
}

// change changes the one case behind the bot's back.
func (w *world) change(do func(*bot.Case)) {
	w.t.Helper()
	ctx := context.Background()
	must(w.t, w.store.InTx(ctx, func(tx bot.Tx) error {
		all, err := tx.Cases(ctx, bot.Filter{})
		if err != nil || len(all) != 1 {
			return fmt.Errorf("%d cases: %w", len(all), err)
		}
		do(&all[0])
		return tx.UpdateCase(ctx, &all[0], bot.Lease{})
	}))
}

// Another replica's drawing is no obstacle, nor is a restart, nor a Slack that is busy.
func TestTheHomeIsDrawnOverAnothersAndAfterABusySlack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	w.OpenHome(ctx, sanne)
	w.homeSays(sanne, "Mijn zaken (0)")
	w.Fail("views.publish", slackfake.Code("hash_conflict"), slackfake.RateLimited(1))
	w.submit(sanne, w.ask(sanne, "10234"), nil)
	w.homeSays(sanne, "Mijn zaken (1)")
	w.restart()
	w.OpenHome(ctx, sanne)
	w.homeSays(sanne, "Mijn zaken (1)", "Wacht op betaling tot")
}

func TestTheHomeNamesWhatIsSilentAndHoldsNoMoreRowsThanFit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sc, now := w.bot.screenFor("nl"), w.clock.Now()
	var all []bot.Case
	for n := range 50 {
		all = append(all, bot.Case{ID: int64(n + 1), State: bot.Person, CustomerName: "<!channel>", CustomerNumber: "1", StartedBy: bot.Actor{SlackID: sanne},
			Terms: bot.Terms{CancelOn: "2026-11-30", Outstanding: backoffice.Money{Minor: 100, Currency: "EUR"}}})
	}
	lists := homeOf(homeRows{cases: all}, person{ID: sanne}, true, true, now, w.outside.Policy.Location)
	blocks := sc.home(lists, []Connection{{Name: "Slack", OK: true}, {Name: "Cerb", Since: now.Add(-70 * time.Minute)}}, now)
	v, err := slackfake.DraftView(map[string]any{"type": "home", "blocks": blocks})
	must(t, err)
	text := slackfake.RenderView(v)
	if len(blocks) > 100 || strings.Count(text, "+ 40 meer") != 2 || !strings.Contains(text, "+ 10 meer") || !strings.Contains(text, "Cerb antwoordt niet sinds 24 november 2026 08:50. Zaken wachten; er gaat niets verloren.") {
		t.Errorf("%d blocks\n%s", len(blocks), text)
	}
}

func TestOnlyHomesOpenedLatelyAreKept(t *testing.T) {
	t.Parallel()
	var h homes
	now := time.Now()
	for n := range maxHomes + 50 {
		h.open(fmt.Sprint("U", n), now.Add(time.Duration(n)*time.Second))
	}
	if got := h.lately(now); len(got) != maxHomes || h.of("U0") != nil {
		t.Errorf("%d homes", len(got))
	}
	if got := h.lately(now.Add(2 * homeLife)); len(got) != 0 {
		t.Errorf("%d homes", len(got))
	}
}

func TestTheHomeListsWhatTheDigestLeavesOutInItsOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-23 11:00"), func(w *world) { w.config.ApproverGroups = nil })
	w.begun()
	w.asks(append(times(12, bot.MatterPartly), bot.MatterChanged)...)
	w.digest("+ 2 meer in App Home")
	w.OpenHome(context.Background(), bram)
	v := w.homeSays(bram, "Wacht op ons (13)", "Klant <20000> & Zn", "Klant <20012> & Zn")
	if text := slackfake.RenderView(v); strings.Index(text, "<20012>") > strings.Index(text, "<20000>") {
		t.Errorf("what is urgent comes first:\n%s", text)
	}
}
