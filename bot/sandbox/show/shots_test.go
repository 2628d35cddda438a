package show_test

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var update = flag.Bool("update", false, "take the pictures in docs anew")

// docs is where the pictures of the page are kept, for the README.
const docs = "../../../docs"

// pictures are what the README shows, with their sizes in pixels.
var pictures = map[string][2]int{
	"demo-light.png": {1440, 900}, "demo-dark.png": {1440, 900}, "demo-narrow.png": {390, 844}, "demo-modal.png": {1100, 800},
}

// TestPictures takes them, on a Monday morning that never changes. They show what a visitor sees after "do this step for
// me", so that each of them is also a test of the strip.
func TestPictures(t *testing.T) {
	if !*update {
		t.Skip("takes pictures only with -update; TestTheStripWorksItsOwnControls goes the same way")
	}
	monday := func() func() time.Time {
		begun, nine := time.Now(), time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
		return func() time.Time { return nine.Add(time.Since(begun)) }
	}
	s := newStage(t, look{width: 1440, height: 900, lang: "nl", dark: true, moves: true, now: monday()})
	s.run(chromedp.Click("#step"))
	s.at(3)
	s.keep("demo-dark.png")
	s = newStage(t, look{width: 1440, height: 900, lang: "en", moves: true, now: monday()})
	s.strip(5)
	s.run(chromedp.Click("[data-rows=slack] summary:not([aria-label])"))
	s.keep("demo-light.png")
	s = newStage(t, look{width: 390, height: 844, lang: "en", moves: true, now: monday()})
	s.strip(5)
	s.keep("demo-narrow.png")
	s = newStage(t, look{width: 1100, height: 800, lang: "en", moves: true, now: monday()})
	s.strip(7)
	s.run(chromedp.Click("#step"))
	s.has("#modal", s.look.says().unchanged)
	s.keep("demo-modal.png")
}

func TestTheReadmesPicturesAreThereAndSmall(t *testing.T) {
	for name, size := range pictures {
		raw, err := os.ReadFile(filepath.Join(docs, name))
		if err != nil {
			t.Errorf("%v; take it with: go test ./bot/sandbox/show -run Pictures -update", err)
			continue
		}
		if len(raw) > 300<<10 {
			t.Errorf("%s has %d bytes", name, len(raw))
		}
		if got, err := png.DecodeConfig(bytes.NewReader(raw)); err != nil || got.Width != size[0] || got.Height != size[1] {
			t.Errorf("%s is %d by %d, %v; want %v", name, got.Width, got.Height, err, size)
		}
	}
}

// keep writes a picture of the page once it has come to rest.
func (s *stage) keep(name string) {
	s.t.Helper()
	s.until("nothing to be marked any more", `!document.querySelector("#step").disabled &&
		[...document.querySelectorAll(".rows > li")].every(e => getComputedStyle(e).backgroundColor == "rgba(0, 0, 0, 0)")`)
	raw, err := chromedp.Run(s.ctx, chromedp.CaptureScreenshot())
	s.must(err)
	s.must(os.WriteFile(filepath.Join(docs, name), raw, 0o600))
}

// strip goes to the nth step by the strip's button alone.
func (s *stage) strip(n int) {
	s.t.Helper()
	for _, next := range []int{3, 5, 6, 7} { // steps 2 and 4 are for looking on
		if next > n {
			return
		}
		button := "#step"
		if next == 5 && s.look.width < 700 {
			button = "#modal [data-submit]"
		}
		s.run(chromedp.Click(button))
		s.at(next)
		if next == 5 {
			s.shows("[data-rows=slack]", s.look.says().waits)
			s.shows("[data-rows=slack] .thread", s.look.says().done)
		}
	}
}
