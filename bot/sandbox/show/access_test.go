package show_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aanmaner/aanmaner/bot/sandbox"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// What a visitor can work must have a name for who doesn't see it, room for who doesn't aim well, and fit any screen down to
// 320 px wide (which is also what a page of 1280 px is at 400 %).
func TestEveryControlHasANameAndRoomOnEveryScreen(t *testing.T) {
	s := newStage(t, look{width: 1440, height: 900, lang: "nl"})
	s.everywhere("at the start")
	s.run(chromedp.Click("#step"))
	s.has("#modal [data-submit]", s.look.says().offered)
	s.everywhere("with a dialog")
	s.run(chromedp.Click("#modal [data-submit]"))
	s.has("[data-rows=slack]", s.look.says().waits)
	s.until("the menu", `document.querySelector("[data-rows=slack] details.menu")`)
	s.run(chromedp.Click("#all-events"))
	s.everywhere("with a case")
	s.run(chromedp.Click("#all-events"), chromedp.Click("[data-days=end]"))
	s.has("#stop", s.look.says().stops)
	s.everywhere("when the clock has stopped")
	s.run(chromedp.EmulateViewport(390, 844), chromedp.Click("#more"))
	s.named("with the head unfolded")
	s.fits("with the head unfolded", false)
	s.until("the clock to be in sight", `[...document.querySelectorAll("[data-days], #now")].every(e => e.getBoundingClientRect().bottom < innerHeight && e.checkVisibility())`)
	s.run(chromedp.Click("#more"), chromedp.EmulateViewport(s.look.width, s.look.height), chromedp.Click("#keys"))
	s.everywhere("with the list of keys")
}

// everywhere looks at the page in all sizes.
func (s *stage) everywhere(when string) {
	s.t.Helper()
	for _, size := range [][2]int64{{1440, 900}, {1100, 800}, {900, 900}, {640, 450}, {390, 844}, {320, 640}} {
		s.run(chromedp.EmulateViewport(size[0], size[1]))
		what := fmt.Sprintf("%s, %d px wide", when, size[0])
		s.named(what)
		s.fits(what, size[0] >= 1100)
	}
	s.run(chromedp.EmulateViewport(s.look.width, s.look.height))
}

// named holds the tree that screen readers get against what they need.
func (s *stage) named(what string) {
	s.t.Helper()
	tree, err := chromedp.Call(s.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	s.must(err)
	found := 0
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil || !slices.Contains([]string{
			`"button"`, `"link"`, `"textbox"`, `"combobox"`, `"checkbox"`, `"radio"`, `"DisclosureTriangle"`, `"Date"`, `"dialog"`, `"region"`, `"log"`, `"navigation"`,
		}, string(n.Role.Value)) {
			continue
		}
		found++
		if n.Name == nil || strings.Trim(string(n.Name.Value), `" `) == "" {
			s.t.Errorf("%s: a %s (node %d) has no name", what, n.Role.Value, n.BackendDOMNodeID)
		}
	}
	if found < 3 { // behind a dialog of its own the rest of the page is out of reach
		s.t.Errorf("%s: only %d controls found", what, found)
	}
}

// fits looks for what can't be reached without scrolling sideways, and for controls that are too small. On a wide screen
// the page as a whole doesn't scroll at all.
func (s *stage) fits(what string, wide bool) {
	s.t.Helper()
	for _, wrong := range eval[[]string](s, `(wide => {
		const out = [], root = document.documentElement;
		if (root.scrollWidth > innerWidth) out.push("the page is " + root.scrollWidth + " px wide");
		if (wide && root.scrollHeight > innerHeight) out.push("the page is " + root.scrollHeight + " px high");
		for (const e of document.querySelectorAll(".scroll, .pane, .modal, .strip, .top, .tabs"))
			if (e.checkVisibility({visibilityProperty: true}) && e.scrollWidth > e.clientWidth + 1) out.push(e.className + " is " + e.scrollWidth + " px wide in " + e.clientWidth);
		for (const e of document.querySelectorAll("button, select, summary, textarea, input:not([type=checkbox], [type=radio])")) {
			const r = e.getBoundingClientRect();
			if (r.width && e.checkVisibility({visibilityProperty: true}) && (r.height < 24 || r.width < 24)) out.push(e.outerHTML.slice(0, 80) + " is " + r.width + " by " + r.height);
		}
		return out;
	})(`+fmt.Sprint(wide)+`)`) {
		s.t.Errorf("%s: %s", what, wrong)
	}
}

// Who works by keyboard is brought back to where they were.
func TestTheFocusReturnsToWhatOpenedADialog(t *testing.T) {
	s := newStage(t, look{width: 1440, height: 900, lang: "en"})
	byKeyboard.command(s, "10234")
	s.has("#modal [data-submit]", s.look.says().offered)
	s.until("the focus to be in the dialog", `document.activeElement.closest("#modal")`)
	s.until("what lies behind to rest", `document.querySelector("#typing").inert`)
	s.run(chromedp.KeyEvent(kb.Escape))
	s.until("the dialog to be closed, the focus back in the field", `!document.querySelector("#modal") && document.activeElement.id == "command"`)

	byKeyboard.command(s, "10234")
	s.has("#modal [data-submit]", s.look.says().offered)
	byKeyboard.press(s, "slack", "#modal [data-submit]")
	s.at(5)
	s.until("the menu", `document.querySelector("[data-rows=slack] details.menu")`)
	s.leaveField()
	s.key("1")
	s.tabTo("details.menu > summary")
	s.run(chromedp.KeyEvent(kb.Enter))
	s.tabTo("details.menu button:last-of-type") // to stop her own case is all that she may do without credit control
	s.run(chromedp.KeyEvent(kb.Enter))
	s.until("the dialog", `document.querySelector("#modal") && document.activeElement.closest("#modal")`)
	s.run(chromedp.KeyEvent(kb.Escape))
	s.until("the focus back at the menu", `!document.querySelector("#modal") && document.activeElement.matches("details.menu > summary")`)

	s.run(chromedp.KeyEvent("?"))
	s.until("the list of keys", `document.querySelector("#help").open`)
	s.run(chromedp.KeyEvent(kb.Escape))
	s.until("the list to be closed", `!document.querySelector("#help").open && document.activeElement.matches("details.menu > summary")`)
}

// A card that is drawn anew while somebody is in its menu takes neither the menu nor the choice from under their hand.
func TestAMenuStaysOpenWhileItsCardIsDrawnAnew(t *testing.T) {
	s := newStage(t, look{width: 1440, height: 900, lang: "en"})
	byKeyboard.command(s, "10234")
	s.has("#modal [data-submit]", s.look.says().offered)
	byKeyboard.press(s, "slack", "#modal [data-submit]")
	s.at(5)
	s.until("the menu", `document.querySelector("[data-rows=slack] details.menu button:nth-of-type(2)")`)
	s.leaveField()
	s.key("1")
	s.tabTo("details.menu > summary")
	s.run(chromedp.KeyEvent(kb.Enter))
	s.tabTo("details.menu button:nth-of-type(2)")
	before := eval[string](s, `document.activeElement.dataset.block`)
	s.redrawCard()
	s.until("the card to be drawn anew", fmt.Sprintf(`document.querySelector("details.menu button").dataset.block != %q`, before))
	s.until("the same choice to have the focus", `document.activeElement.matches("details.menu[open] button:nth-of-type(2)")`)
}

// redrawCard changes the first message of the channel as the bot does, to the same text.
func (s *stage) redrawCard() {
	s.t.Helper()
	card := s.world.Slack.Messages(sandbox.CaseChannelID)[0]
	var anew []slackfake.Object
	for _, b := range card.Blocks {
		b = maps.Clone(b)
		delete(b, "block_id") // new with each change
		anew = append(anew, b)
	}
	blocks, err := json.Marshal(anew)
	s.must(err)
	cfg, err := s.world.Config()
	s.must(err)
	resp, err := http.PostForm(s.world.SlackURL+"/api/chat.update", url.Values{
		"token": {cfg.Slack.BotToken}, "channel": {card.Channel}, "ts": {card.TS}, "text": {card.Text}, "blocks": {string(blocks)},
	})
	s.must(err)
	defer func() { _ = resp.Body.Close() }()
	var said struct {
		OK    bool
		Error string
	}
	if s.must(json.NewDecoder(resp.Body).Decode(&said)); !said.OK {
		s.t.Fatalf("the card isn't drawn anew: %s", said.Error)
	}
}

// A mail is read out in the language of the customer, whatever the page's is.
func TestAMailSaysItsOwnLanguage(t *testing.T) {
	s := newStage(t, look{width: 1440, height: 900, lang: "en"})
	byMouse.command(s, "10234")
	s.has("#modal [data-submit]", s.look.says().offered)
	byMouse.press(s, "slack", "#modal [data-submit]")
	s.has(`[data-rows=inbox] [lang=nl]`, "Beste Jansen Bouw B.V.")
	s.until("the page to stay English", `document.documentElement.lang == "en"`)
}

func TestTheLinkToTheCardLeadsToItOnThePage(t *testing.T) {
	s := newStage(t, look{width: 390, height: 844, lang: "nl"})
	byMouse.command(s, "10234")
	s.has("#modal [data-submit]", s.look.says().offered)
	byMouse.press(s, "slack", "#modal [data-submit]")
	s.until("the answer with the link", `document.querySelector(".private a[data-goto]")`)
	s.run(chromedp.Click(".private a[data-goto]"))
	s.until("the focus on the card", `document.activeElement.matches("[data-rows=slack] > li") && document.activeElement.innerText.includes("Jansen Bouw")`)
}
