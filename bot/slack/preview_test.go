package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/dryrun"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

var update = flag.Bool("update", false, "rewrite the goldens in testdata")

// What differs from run to run: ticket masks, ports, a case's version in a button's value.
var (
	masks    = regexp.MustCompile(`[A-Z]{3}-\d{5}-\d{3}`)
	ports    = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	versions = regexp.MustCompile(`"((?:[a-z]+:)?1):\d+"`)
)

var madeUpIDs = regexp.MustCompile(`^b\d{8}$`)

// golden compares what was sent to Slack with testdata/name.json.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	must(t, enc.Encode(v))
	text := masks.ReplaceAllString(got.String(), "ABC-12345-678")
	text = ports.ReplaceAllString(versions.ReplaceAllString(text, `"$1:9"`), "https://cerb.example")
	path := filepath.Join("testdata", name+".json")
	if *update {
		must(t, os.WriteFile(path, []byte(text), 0o600))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if text != string(want) {
		t.Errorf("%s differs (go test -update rewrites it):\n%s", path, text)
	}
}

// shape is a view as it was sent, without what Slack made up.
func shape(v slackfake.View) map[string]any {
	return map[string]any{"title": v.Title, "submit": v.Submit, "close": v.Close, "callback_id": v.CallbackID, "blocks": blocksOf(v.Blocks)}
}

func blocksOf(blocks []slackfake.Object) []slackfake.Object {
	var out []slackfake.Object
	for _, b := range blocks {
		own := slackfake.Object{}
		for k, val := range b {
			if id, ok := val.(string); ok && k == "block_id" && madeUpIDs.MatchString(id) {
				continue
			}
			own[k] = val
		}
		out = append(out, own)
	}
	return out
}

func dryRun(w *world) {
	w.outside.Policy.Mode = bot.DryRun
	w.outside.Desk, w.outside.Office = dryrun.NewDesk(w.outside.Desk, w.clock.Now), dryrun.NewOffice(w.outside.Office, w.clock.Now)
}

func TestPreviewSaysWhatWillHappenOrWhyNot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, user, text string
		option           option
	}{
		{name: "normal", user: sanne, text: "10234"},
		{name: "normal_en", user: kees, text: "jansen"},
		{name: "partly_paid", user: sanne, text: "10235"},
		{name: "earlier_suspended", user: sanne, text: "DE-3011"},
		{name: "no_services", user: sanne, text: "10240"},
		{name: "reseller", user: sanne, text: "10243"},
		{name: "hostile_name", user: sanne, text: "10249"},
		{name: "nothing_overdue", user: sanne, text: "10236"},
		{name: "typed_comment", user: sanne, text: "10244"},
		{name: "no_address", user: sanne, text: "10247"},
		{name: "excluded_en", user: kees, text: "10250"},
		{name: "several", user: sanne, text: "peeters"},
		{name: "none", user: sanne, text: "jansne"},
		{name: "empty", user: sanne, text: ""},
		{name: "dry_run", user: sanne, text: "10234", option: dryRun},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var options []option
			if c.option != nil {
				options = append(options, c.option)
			}
			w := newWorld(t, options...)
			v := w.ask(c.user, c.text)
			golden(t, "view_"+c.name, shape(v))
			if len(v.Blocks) > 15 {
				t.Errorf("%d blocks", len(v.Blocks))
			}
			if len(v.Earlier) == 0 && c.text != "" {
				t.Error("no loading view came first")
			}
		})
	}
}

func TestSilentBackOfficeIsSaidSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bot.pace.slow, w.bot.pace.silent = 30*time.Millisecond, 300*time.Millisecond
	w.office.Inject(inhousefake.Fault{Break: inhousefake.Hang})
	v := w.ask(sanne, "10234")
	golden(t, "view_office_silent", shape(v))
	said := false
	for _, e := range v.Earlier {
		said = said || strings.Contains(slackfake.RenderView(e), "De back office is traag")
	}
	if !said {
		t.Error("the view didn't say that the back office is slow")
	}
}

func TestChosenCustomerIsPreviewed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "peeters")
	w.submit(sanne, v, slackfake.Values{fieldCustomer: "b20411"})
	if v = w.top(sanne, v.Hash); v.Title != "Nu niet mogelijk" || !strings.Contains(slackfake.RenderView(v), "BE-2042") {
		t.Errorf("%s", slackfake.RenderView(v))
	}
}

func TestSearchAgainKeepsTheText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "jansne")
	w.submit(sanne, v, slackfake.Values{fieldQuery: "jansen"})
	if v = w.top(sanne, v.Hash); v.CallbackID != callbackConfirm {
		t.Errorf("%s", slackfake.RenderView(v))
	}
}

func TestLongListAsksForAMorePreciseSearch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, id := range strings.Fields("a b c d e f g h i j k l") {
		must(t, w.office.AddCustomer(inhousefake.Customer{ID: "x" + id, Number: "9" + id, Name: "Veelvoorkomend " + id, Kind: "business", Country: "NL", Language: "nl", Addresses: []inhousefake.Address{}}, nil, nil))
	}
	v := w.ask(sanne, "veelvoorkomend")
	if text := slackfake.RenderView(v); !strings.Contains(text, "12 gevonden, dit zijn de eerste 10") {
		t.Errorf("%s", text)
	}
	w.submit(sanne, v, nil)
	if again, _ := w.Snapshot().View(v.ID); again.Errors[fieldCustomer] == "" {
		t.Errorf("nothing was chosen and nothing typed: %+v", again.Errors)
	}
	w.submit(sanne, v, slackfake.Values{fieldQuery: "10234"})
	if v = w.top(sanne, v.Hash); v.CallbackID != callbackConfirm {
		t.Errorf("%s", slackfake.RenderView(v))
	}
}

func TestFullMailIsShownOnTop(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	if got := w.Click(context.Background(), sanne, v.On(), actionFullMail); !got.OK() {
		t.Fatal(got.Err, got.Status)
	}
	var mail slackfake.View
	w.until("the mail", func(p slackfake.Snapshot) bool {
		all := p.Views(sanne)
		mail = all[len(all)-1]
		return len(all) == 2 && !strings.Contains(slackfake.RenderView(mail), "hourglass")
	})
	golden(t, "view_full_mail", shape(mail))
}

func TestOwnCaseIsShownWithItsCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.submit(sanne, w.ask(sanne, "10234"), nil)
	card := w.card("Wacht op betaling")
	v := w.ask(kees, "10234")
	text, _ := json.Marshal(v.Blocks)
	if !strings.Contains(string(text), strings.Replace(card.TS, ".", "", 1)) || !strings.Contains(string(text), "started by Sanne Visser") {
		t.Errorf("%s", text)
	}
	if got := w.Click(context.Background(), kees, v.On(), linkAction+"card"); !got.OK() {
		t.Error("opening an address isn't taken")
	}
}
