package show_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// Fourteen names at once: who can be switched off is ticked, the others say why not, and what stays ticked becomes one case
// each.
func TestAllNonPayersGoIntoOneCommandAndOneCaseEach(t *testing.T) {
	s := newStage(t, look{width: 1440, height: 900, lang: "nl"})
	s.has("#pane-office .head", "14 · € 3.631,59 vervallen")
	s.run(chromedp.Click("#all"))
	s.until("fourteen lines in the field", `document.querySelector("#command").value.split("\n").length == 14`)
	s.run(chromedp.Click("#send"))
	const ticks = `document.querySelectorAll("#modal input[type=checkbox]:checked").length`
	s.until("the list with its ticks", ticks+" > 5")
	able := eval[int](s, ticks)
	s.has("#modal", "Nu niet mogelijk")
	s.has("#modal .choice", "<script>alert(1)</script>") // a name is a name
	s.until("Marieke to stay out", `(c => (c.click(), !c.checked))([...document.querySelectorAll("#modal .choice")].find(c => c.innerText.includes("10237")).querySelector("input"))`)
	s.run(chromedp.Click("#modal [data-submit]"))
	s.has("#modal", "#wanbetalers")
	s.until("a ticket and a mail for each", fmt.Sprintf(`document.querySelectorAll("[data-rows=cerb] > li").length == %d && document.querySelectorAll("[data-rows=inbox] > li").length == %d`, able-1, able-1))
	s.until("each to be waited for", fmt.Sprintf(`[...document.querySelectorAll("[data-rows=slack] > li")].filter(e => e.innerText.includes("Wacht op betaling")).length == %d`, able-1))
	for _, service := range s.world.Office.Services("10237") {
		if service.State != "active" {
			t.Errorf("%s of who was left out is %s", service.Label, service.State)
		}
	}
	if got := len(s.world.Cerb.Tickets()); got != able-1 {
		t.Errorf("%d tickets for %d customers", got, able-1)
	}
}
