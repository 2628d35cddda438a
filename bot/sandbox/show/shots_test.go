package show_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// keep writes a picture of the page into the folder that AANMANER_SHOTS names.
func (s *stage) keep(name string) {
	s.t.Helper()
	dir := os.Getenv("AANMANER_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(s.ctx, chromedp.CaptureScreenshot())
	s.must(err)
	s.must(os.WriteFile(filepath.Join(dir, name), png, 0o644))
}

func TestShots(t *testing.T) {
	s := newStage(t, look{width: 1440, height: 900, lang: "nl"})
	s.keep("start.png")
	s.run(chromedp.Click("#step"))
	s.has("#modal", "€ 340,00")
	s.keep("modal.png")
	s.run(chromedp.Click("#step"))
	s.has("#pane-cerb", "wacht op klant")
	s.step(5)
	s.keep("done.png")
	s.run(chromedp.Click("#step"))
	s.step(6)
	s.keep("rights.png")
	s.run(chromedp.Click("#step"))
	s.step(7)
	s.keep("pays.png")
	s.run(chromedp.Click("#step"))
	s.until("the end", `!document.querySelector("#steps .current")`)
	s.keep("end.png")
}

// step waits until the strip is at its nth step.
func (s *stage) step(n int) {
	s.t.Helper()
	s.until(fmt.Sprintf("step %d", n), fmt.Sprintf(`document.querySelector("#steps li:nth-child(%d)").className == "current" && !document.querySelector("#step").disabled`, n))
}

func TestNarrow(t *testing.T) {
	s := newStage(t, look{width: 390, height: 844, dark: true, lang: "en"})
	s.keep("n-start.png")
	s.run(chromedp.Click("#more"))
	s.keep("n-more.png")
	s.run(chromedp.Click("#more"))
	s.run(chromedp.Click("#step"))
	s.has("#modal", "340.00")
	s.keep("n-modal.png")
	s.run(chromedp.Click("#modal [data-submit]"))
	s.step(5)
	s.keep("n-done.png")
	s.run(chromedp.Click("[data-tab=office]"))
	s.keep("n-office.png")
	s.run(chromedp.Click("[data-tab=inbox]"))
	s.keep("n-inbox.png")
}

func TestMiddle(t *testing.T) {
	s := newStage(t, look{width: 900, height: 800, dark: true, lang: "en"})
	s.keep("m-start.png")
	s.run(chromedp.Click("#step"))
	s.has("#modal", "340.00")
	s.keep("m-modal.png")
}
