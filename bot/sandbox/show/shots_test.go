package show_test

import (
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
	s := newStage(t, look{1440, 900, false, "nl"})
	s.keep("start.png")
	s.run(chromedp.Click("#step"))
	s.has("#modal", "€ 340,00")
	s.keep("modal.png")
	s.run(chromedp.Click("#modal [data-submit]"))
	s.has("#pane-cerb", "wacht op klant")
	s.until("the comment", `document.querySelector("#steps li:nth-child(4)").className == "done"`)
	s.keep("done.png")
}
