package show_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

// reseller is the customer whose case a second person has to agree to, and its only service.
const reseller, server = "10243", "srv-oost01"

// decides are the words of the decisions, by language.
type decides struct {
	asks, asked, approve, refused, approved, hold, held, resume, extend, restore, wait, partly, reversed, restored string
}

func (l look) decides() decides {
	if l.lang == "en" {
		return decides{
			"Ask for approval", "Approval requested", "Approve", "Only credit control can do this", "Approved by Jacqueline de Vries", "Put on hold…", "On hold", "Resume…",
			"Extend…", "Restore now…", "Waiting for payment until", "received", "taken back", "Paid and restored",
		}
	}
	return decides{
		"Goedkeuring vragen", "Goedkeuring gevraagd", "Goedkeuren", "Dit kan alleen debiteurenbeheer", "Goedgekeurd door Jacqueline de Vries", "In de wacht…", "In de wacht", "Hervatten…",
		"Uitstel geven…", "Nu herstellen…", "Wacht op betaling tot", "ontvangen", "teruggedraaid", "Betaald en hersteld",
	}
}

// A large case waits until somebody else agrees; then Jacqueline decides about it by its card, with Slack's own confirmations and
// dialogs, and the systems show what she decided.
func TestJacquelineApprovesAndDecides(t *testing.T) {
	t.Run("mouse", func(t *testing.T) {
		newStage(t, look{width: 1440, height: 900, lang: "nl"}).decisions(byMouse)
	})
	t.Run("keyboard", func(t *testing.T) {
		newStage(t, look{width: 900, height: 900, lang: "en", dark: true}).decisions(byKeyboard)
	})
}

func (s *stage) decisions(v visitor) {
	s.t.Helper()
	w := s.look.decides()
	s.approval(v)
	s.choose(v, w.hold)
	s.fillIn(v, 7)
	s.has("[data-rows=slack] h3, [data-rows=slack] b", w.held)
	s.service("withdrawn while it is on hold", func(s inhousefake.Service) bool { return s.State == "suspended" && s.Cancellation == nil })
	s.choose(v, w.resume)
	s.fillIn(v, 7)
	s.service("cancelled again", func(s inhousefake.Service) bool { return s.Cancellation != nil })
	s.has("[data-rows=slack] b", w.wait)
	before := s.world.Office.Services(reseller)[0].Cancellation.At
	s.choose(v, w.extend)
	s.fillIn(v, 75)
	s.service("cancelled for a later day", func(s inhousefake.Service) bool { return s.Cancellation != nil && s.Cancellation.At != before })
	s.choose(v, w.restore)
	s.fillIn(v, 7)
	s.service("on by proof", func(s inhousefake.Service) bool { return s.State == "active" && s.Cancellation == nil })
	s.money(v)
}

// approval is the beginning: asked for by who can't agree to it.
func (s *stage) approval(v visitor) {
	s.t.Helper()
	w := s.look.decides()
	v.command(s, reseller)
	s.has("#modal [data-submit]", w.asks)
	s.run(chromedp.SendKeys("#modal [name=number]", reseller))
	v.press(s, "slack", "#modal [data-submit]")
	s.has("[data-rows=slack]", w.asked)
	if got := len(s.world.Cerb.Tickets()) + len(s.world.Inbox.Mails("")); got != 0 {
		s.t.Errorf("%d tickets and mails before anybody agreed", got)
	}
	s.choose(v, w.approve)
	s.yes(v)
	s.has("[data-rows=slack] .private", w.refused)
	v.become(s, "Jacqueline")
	s.choose(v, w.approve)
	s.yes(v)
	s.has("[data-rows=slack]", w.approved)
	s.has("[data-rows=slack] b", w.wait)
	s.service("suspended and cancelled", func(s inhousefake.Service) bool { return s.State == "suspended" && s.Cancellation != nil })
}

// money pays a part, then the rest, and takes that back.
func (s *stage) money(v visitor) {
	s.t.Helper()
	w := s.look.decides()
	v.press(s, "office", fmt.Sprintf("[data-part=%q]", reseller))
	s.shows("[data-rows=slack]", w.partly)
	v.press(s, "office", fmt.Sprintf("[data-pay=%q]", reseller))
	s.shows("[data-rows=slack]", w.restored)
	v.press(s, "office", fmt.Sprintf("[data-reverse=%q]", reseller))
	s.shows("#events", w.reversed)
	s.until("a card about it", `[...document.querySelectorAll("[data-rows=slack] > li")].some(e => /teruggedraaid|reversed/.test(e.textContent))`)
	s.service("left on", func(s inhousefake.Service) bool { return s.State == "active" })
	if got := s.world.Slack.Faults(); len(got) > 0 {
		s.t.Errorf("Slack complains: %q", got)
	}
}

// choose presses what bears a text in Slack, in a menu or beside one.
func (s *stage) choose(v visitor, label string) {
	s.t.Helper()
	find := fmt.Sprintf(`(b => b ? (b.closest("details.menu") ? "menu " : "") + "li[data-key='" + b.closest("li[data-key]").dataset.key + "'] " : "")(
		[...document.querySelectorAll("[data-rows=slack] button[data-press]")].findLast(b => b.textContent == %q))`, label)
	s.until(label+" to be there", find)
	row, menu := strings.CutPrefix(eval[string](s, find), "menu ")
	if menu {
		v.press(s, "slack", row+"details.menu > summary")
	}
	which := fmt.Sprintf(`(b => "button[data-action='" + b.dataset.action + "']" + (b.dataset.choose ? "[data-choose='" + b.dataset.choose + "']" : ""))(
		[...document.querySelectorAll(%q)].find(b => b.textContent == %q))`, row+"button[data-press]", label)
	v.press(s, "slack", row+eval[string](s, which))
}

// yes agrees to what the confirmation says.
func (s *stage) yes(v visitor) {
	s.t.Helper()
	s.until("the confirmation", `document.querySelector("#ask").open && document.querySelector("#ask-text").textContent.includes("Hosting Partners Oost")`)
	if v.name == "mouse" {
		s.run(chromedp.Click("#ask-yes"))
	} else {
		s.tabTo("#ask-yes")
		s.run(chromedp.KeyEvent(kb.Enter))
	}
}

// fillIn gives a reason, and a day so many days on where one is asked for. The picker of days is the browser's own, so that the day
// is set.
func (s *stage) fillIn(v visitor, days int) {
	s.t.Helper()
	s.until("the dialog", `document.querySelector("#modal [data-submit]")`)
	day := s.clock.Now().AddDate(0, 0, days).Format(time.DateOnly)
	s.until("the day", fmt.Sprintf(`[...document.querySelectorAll("#modal input[type=date]")].every(d => d.value = %q)`, day))
	s.run(chromedp.SendKeys("#modal [name=why]", "agreed on the phone"))
	v.press(s, "slack", "#modal [data-submit]")
	s.until("the dialog to be closed", `!document.querySelector("#modal")`)
}

// service waits until the reseller's server is in a state.
func (s *stage) service(what string, holds func(inhousefake.Service) bool) {
	s.t.Helper()
	for late := time.After(patience); ; {
		now := s.world.Office.Snapshot(reseller).Service(server)
		if holds(now) {
			return
		}
		select {
		case <-late:
			s.t.Fatalf("waited for %s to be %s: %+v, %+v", server, what, now, now.Cancellation)
		case <-time.After(20 * time.Millisecond): // waits: for the bot, whose work shows in the back office alone
		}
	}
}
