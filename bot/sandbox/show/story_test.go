package show_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aanmaner/aanmaner/bot/sandbox"
)

// says are the words by which the story is recognised, by language.
type says struct{ offered, refused, waits, status, blocked, unchanged, done, stops, restored string }

func (l look) says() says {
	if l.lang == "en" {
		return says{"Mail and suspend", "You may not use this", "Waiting for payment until", "waits for customer", "Not possible now", "Nothing was changed.", "Everything is done", "The clock stops, somebody has to decide. Jansen Bouw B.V.:", "Paid and restored on"}
	}
	return says{"Mailen en opschorten", "Je mag dit niet gebruiken", "Wacht op betaling tot", "wacht op klant", "Nu niet mogelijk", "Er is niets gewijzigd.", "Alles is gedaan", "De klok staat stil, iemand moet beslissen. Jansen Bouw B.V.:", "Betaald en hersteld op"}
}

// The whole story of the strip, without its button: a termination, a colleague without rights, a customer who pays while the
// agent looks. It is told in each language, scheme and size, once by mouse alone and once by keyboard alone.
func TestTheStoryByMouseAndByKeyboard(t *testing.T) {
	for _, l := range []look{
		{width: 1440, height: 900, lang: "nl"},
		{width: 900, height: 900, lang: "en", dark: true},
		{width: 390, height: 844, lang: "nl", dark: true},
	} {
		t.Run(fmt.Sprint("mouse ", l.width), func(t *testing.T) { newStage(t, l).story(byMouse) })
	}
	for _, l := range []look{
		{width: 1440, height: 900, lang: "en", dark: true},
		{width: 900, height: 900, lang: "nl"},
		{width: 390, height: 844, lang: "en"},
	} {
		t.Run(fmt.Sprint("keyboard ", l.width), func(t *testing.T) { newStage(t, l).story(byKeyboard) })
	}
}

// visitor works the page, in one way or another.
type visitor struct {
	name    string
	command func(s *stage, customer string)
	press   func(s *stage, pane, selector string)
	become  func(s *stage, name string)
	days    func(s *stage, wish string)
}

func (s *stage) story(v visitor) {
	s.t.Helper()
	w := s.look.says()
	v.command(s, "10234")
	s.has("#modal [data-submit]", w.offered)
	s.until("nothing to have happened yet", `document.querySelectorAll("[data-rows=cerb] li").length == 0`)
	v.press(s, "slack", "#modal [data-submit]")
	s.at(5)
	s.shows("[data-rows=cerb]", w.status)
	s.has("[data-rows=slack]", w.waits)

	v.become(s, "Bram Smit")
	v.command(s, "10235")
	s.has("[data-rows=slack] .private", w.refused)
	s.at(6)

	v.become(s, "Sanne Visser")
	v.command(s, "10237")
	s.has("#modal [data-submit]", w.offered)
	v.press(s, "office", `[data-pay="10237"]`)
	s.at(7)
	v.press(s, "slack", "#modal [data-submit]")
	s.has("#modal", w.blocked)
	s.has("#modal", w.unchanged)
	s.at(8)
	s.ended()
	s.later(v)
}

// later is the rest of the story: the days go by until somebody has to decide, the customer pays, and all is as it was.
func (s *stage) later(v visitor) {
	s.t.Helper()
	w := s.look.says()
	v.press(s, "slack", "#modal [data-dismiss]")
	begun := s.clock.Now()
	v.days(s, "1")
	s.until("a day to have gone by", `document.querySelector("[data-days='1']").getAttribute("aria-disabled") == "false" && document.querySelector("#now").textContent.endsWith("09:00")`)
	if gone := s.clock.Now().Sub(begun); gone < 10*time.Hour || gone > 48*time.Hour {
		s.t.Errorf("a day was %s long", gone)
	}
	if services := s.world.Office.Services("10234"); services[0].Cancellation == nil {
		s.t.Errorf("a day later: %+v", services)
	}
	v.days(s, "end")
	s.has("#stop", w.stops)
	s.shows("#events", w.stops)
	for _, service := range s.world.Office.Services("10234") {
		if service.State != "suspended" || service.Cancellation != nil {
			s.t.Errorf("on the last working day %s is %s, %+v", service.Label, service.State, service.Cancellation)
		}
	}
	v.press(s, "office", `[data-pay="10234"]`)
	s.shows("[data-rows=slack]", w.restored)
	s.until("the end of the story", `!document.querySelector("#steps .current") && document.querySelectorAll("#others button").length > 0`)
	s.restored()
}

// restored holds the systems against the end: everything is on, and nothing ends.
func (s *stage) restored() {
	s.t.Helper()
	for _, service := range s.world.Office.Services("10234") {
		if service.State != "active" || service.Cancellation != nil {
			s.t.Errorf("%s is %s, %+v", service.Label, service.State, service.Cancellation)
		}
	}
	if got := s.world.Office.Customer("10234").NonPayer; got != nil {
		s.t.Errorf("still a non-payer: %+v", got)
	}
	if got := s.world.Cerb.Tickets(); len(got) != 1 || got[0].Status != "closed" {
		s.t.Errorf("tickets: %+v", got)
	}
	if got := len(s.world.Inbox.Mails("")); got != 2 {
		s.t.Errorf("%d mails", got)
	}
	if got := s.world.Slack.Faults(); len(got) > 0 {
		s.t.Errorf("Slack complains: %q", got)
	}
}

// The button of the strip works the controls that a visitor would, and nothing else: the end is the same.
func TestTheStripWorksItsOwnControls(t *testing.T) {
	s := newStage(t, look{width: 1440, height: 900, lang: "en", moves: true})
	s.strip(7)
	s.run(chromedp.Click("#step"))
	s.has("#modal", s.look.says().blocked)
	s.at(8)
	s.ended()
	s.run(chromedp.Click("#step"))
	s.at(9)
	s.has("#stop", s.look.says().stops)
	s.run(chromedp.Click("#step"))
	s.until("the end of the story", `!document.querySelector("#steps .current") && !document.querySelector("#step").disabled`)
	s.shows("[data-rows=slack]", s.look.says().restored)
	s.restored()
	s.run(chromedp.Click("#others button"))
	s.until("the next story's command in the field, and no dialog before it", `document.querySelector("#command").value.startsWith("/terminate 1") && !document.querySelector("#modal")`)
	s.run(chromedp.Click("#hide"))
	s.until("the strip to be away", `!document.querySelector("#strip").checkVisibility() && document.activeElement.id == "unhide"`)
	s.run(chromedp.Click("#unhide"))
	s.until("the strip to be back", `document.querySelector("#strip").checkVisibility()`)
}

// ended holds the systems against the story: one termination, and nothing at the one who paid.
func (s *stage) ended() {
	s.t.Helper()
	if got := s.world.Cerb.Tickets(); len(got) != 1 || got[0].OwnerEmail != "sanne@hoster.example" || got[0].Status != "waiting" {
		s.t.Errorf("tickets: %+v", got)
	}
	if got := len(s.world.Inbox.Mails("")); got != 1 {
		s.t.Errorf("%d mails", got)
	}
	for customer, want := range map[string]string{"10234": "suspended", "10235": "active", "10237": "active"} {
		for _, service := range s.world.Office.Services(customer) {
			if service.State != want {
				s.t.Errorf("%s of %s is %s", service.Label, customer, service.State)
			}
		}
	}
	if got := s.world.Slack.Faults(); len(got) > 0 {
		s.t.Errorf("Slack complains: %q", got)
	}
	for _, who := range []string{sandbox.Bram, sandbox.Jacqueline} {
		if got := s.world.Slack.Views(who); len(got) > 0 {
			s.t.Errorf("%s has %d dialogs open", who, len(got))
		}
	}
}

// at waits until the strip is at its nth step.
func (s *stage) at(n int) {
	s.t.Helper()
	s.until(fmt.Sprintf("step %d", n), fmt.Sprintf(`document.querySelector("#steps li:nth-child(%d)").className == "current" && !document.querySelector("#step").disabled`, n))
}

// byMouse only clicks: the customer's own button puts the command into the field. The list of people is the browser's own,
// which draws it outside the page, so that a choice from it is set.
var byMouse = visitor{
	name: "mouse",
	command: func(s *stage, customer string) {
		s.t.Helper()
		s.open("office")
		s.run(chromedp.Click(fmt.Sprintf(`[data-try="%s"]`, customer)))
		s.until("the command in the field", fmt.Sprintf(`document.querySelector("#command").value == "/terminate %s"`, customer))
		s.run(chromedp.Click("#send"))
	},
	press: func(s *stage, pane, selector string) {
		s.t.Helper()
		s.open(pane)
		s.click(selector)
	},
	become: func(s *stage, name string) {
		s.t.Helper()
		s.more(func() { s.run(chromedp.Click("#more")) })
		s.until("the choice", fmt.Sprintf(`(w => { w.value = [...w.options].find(o => o.text.startsWith(%q)).value; return w.dispatchEvent(new Event("change", {bubbles: true})) })(document.querySelector("#who"))`, name))
		s.more(func() { s.run(chromedp.Click("#more")) })
	},
	days: func(s *stage, wish string) {
		s.t.Helper()
		s.more(func() { s.run(chromedp.Click("#more")) })
		s.run(chromedp.Click(fmt.Sprintf("[data-days=%q]", wish)))
		s.more(func() { s.run(chromedp.Click("#more")) })
	},
}

// open shows a pane where not all of them fit.
func (s *stage) open(pane string) {
	s.t.Helper()
	if !eval[bool](s, fmt.Sprintf(`document.querySelector("#pane-%s").checkVisibility({visibilityProperty: true})`, pane)) {
		s.run(chromedp.Click(fmt.Sprintf("[data-tab=%s]", pane)))
	}
}

// more opens or closes the head of the page where it is folded.
func (s *stage) more(toggle func()) {
	s.t.Helper()
	if s.look.width < 700 {
		toggle()
	}
}

// byKeyboard only presses keys.
var byKeyboard = visitor{
	name: "keyboard",
	command: func(s *stage, customer string) {
		s.t.Helper()
		s.leaveField()
		s.key("/")
		s.until("the field has the focus", `document.activeElement.id == "command"`)
		s.run(chromedp.KeyEvent("/terminate "+customer), chromedp.KeyEvent(kb.Enter))
	},
	press: func(s *stage, pane, selector string) {
		s.t.Helper()
		s.leaveField()
		s.key(map[string]string{"slack": "1", "office": "3"}[pane])
		s.tabTo(selector)
		s.run(chromedp.KeyEvent(kb.Enter))
	},
	become: func(s *stage, name string) {
		s.t.Helper()
		s.more(func() { s.tabTo("#more"); s.run(chromedp.KeyEvent(kb.Enter)) })
		s.tabTo("#who")
		s.run(chromedp.KeyEvent(name[:1]))
		s.until(name+" is chosen", fmt.Sprintf(`(w => w.options[w.selectedIndex].text.startsWith(%q))(document.querySelector("#who"))`, name))
		s.more(func() { s.tabTo("#more"); s.run(chromedp.KeyEvent(kb.Enter)) })
	},
	days: func(s *stage, wish string) {
		s.t.Helper()
		s.leaveField()
		if wish == "1" {
			s.key(".")
			return
		}
		s.more(func() { s.tabTo("#more"); s.run(chromedp.KeyEvent(kb.Enter)) })
		s.tabTo(fmt.Sprintf("[data-days=%q]", wish))
		s.run(chromedp.KeyEvent(kb.Enter))
		s.more(func() { s.tabTo("#more"); s.run(chromedp.KeyEvent(kb.Enter)) })
	},
}

// key presses one key as a keyboard does: what the page does at the key keeps the character from being typed. (The driver's
// own way sends key and character apart.)
func (s *stage) key(char string) {
	s.t.Helper()
	for _, k := range kb.Encode([]rune(char)[0]) {
		if k.Type == kb.KeyChar {
			continue
		}
		if k.Type == input.DispatchKeyEventTypeRawKeyDown {
			k.Type, k.Text = input.DispatchKeyEventTypeKeyDown, char
		}
		_, err := chromedp.Call(s.ctx, input.DispatchKeyEvent, *k)
		s.must(err)
	}
}

// leaveField goes on to the next control as long as typing would go into a field, where the shortcuts rest.
func (s *stage) leaveField() {
	s.t.Helper()
	for range 20 {
		if !eval[bool](s, `document.activeElement.matches("input, textarea, select")`) {
			return
		}
		s.run(chromedp.KeyEvent(kb.Tab))
	}
	s.t.Fatal("the keyboard doesn't get out of the fields")
}

// tabTo goes from control to control until one has the focus.
func (s *stage) tabTo(selector string) {
	s.t.Helper()
	for range 150 {
		s.run(chromedp.KeyEvent(kb.Tab))
		if eval[bool](s, fmt.Sprintf(`document.activeElement.matches(%q)`, selector)) {
			return
		}
	}
	s.t.Fatalf("the keyboard doesn't reach %s", selector)
}
