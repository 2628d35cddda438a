package slack

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// untouched checks that a request had no effect at all.
func (w *world) untouched() {
	w.t.Helper()
	if got := len(w.signals()); got != 0 {
		w.t.Errorf("%d signals were committed", got)
	}
	if got := w.Calls("views.open", "chat.postMessage"); len(got) != 0 {
		w.t.Errorf("Slack was called: %v", got)
	}
	if got := w.all(); len(got) != 0 {
		w.t.Errorf("cases: %v", got)
	}
}

// signals lists what was committed and is of no case, handled or not.
func (w *world) signals() (out []bot.Signal) {
	w.t.Helper()
	must(w.t, w.store.InTx(context.Background(), func(tx bot.Tx) (err error) { out, err = tx.Signals(context.Background(), 0); return }))
	return out
}

// send posts a form to the bot as Slack would, signed at the given time, and gives the answer.
func (w *world) send(path string, form url.Values, at time.Time, change func(*http.Request)) (status int, body string) {
	w.t.Helper()
	raw := []byte(form.Encode())
	req, err := http.NewRequest(http.MethodPost, w.serve(w.bot.Handler())+path, bytes.NewReader(raw))
	must(w.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Slack-Request-Timestamp", strconv.FormatInt(at.Unix(), 10))
	req.Header.Set("X-Slack-Signature", slackfake.Sign("s3cret", at.Unix(), raw))
	if change != nil {
		change(req)
	}
	resp, err := http.DefaultClient.Do(req)
	must(w.t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	must(w.t, err)
	return resp.StatusCode, string(answer)
}

func typedForm(change ...string) url.Values {
	form := url.Values{"team_id": {"T0OURS"}, "channel_id": {general}, "user_id": {sanne}, "command": {"/terminate"}, "text": {"10234"},
		"trigger_id": {"1.2.3"}, "api_app_id": {"A0OURS"}}
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

func TestRequestThatSlackDidNotSignHasNoEffect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	for name, got := range map[string]slackfake.Result{
		"wrong secret": w.BadSignature(ctx, sanne, "10234"),
		"six minutes":  w.OldTimestamp(ctx, sanne, "10234"),
		"unsigned":     w.Type(ctx, slackfake.Typed{User: sanne, Text: "10234", Sign: slackfake.NotSigned}),
	} {
		if got.Status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
	now := w.clock.Now()
	for name, c := range map[string]struct {
		form   url.Values
		at     time.Time
		change func(*http.Request)
		want   int
	}{
		"from the future": {typedForm(), now.Add(6 * time.Minute), nil, http.StatusUnauthorized},
		"changed body": {typedForm(), now, func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(typedForm("text", "10235").Encode())), -1
		}, http.StatusUnauthorized},
		"JSON":             {typedForm(), now, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, http.StatusUnsupportedMediaType},
		"too large":        {typedForm("text", strings.Repeat("x", maxRequest)), now, nil, http.StatusRequestEntityTooLarge},
		"another app":      {typedForm("api_app_id", "A0THEIRS"), now, nil, http.StatusForbidden},
		"another command":  {typedForm("command", "/weather"), now, nil, http.StatusForbidden},
		"nobody":           {typedForm("user_id", ""), now, nil, http.StatusForbidden},
		"without trigger":  {typedForm("trigger_id", ""), now, nil, http.StatusForbidden},
		"form not encoded": {nil, now, func(r *http.Request) { r.Header.Del("X-Slack-Signature") }, http.StatusUnauthorized},
	} {
		if status, body := w.send("/slack/commands", c.form, c.at, c.change); status != c.want {
			t.Errorf("%s: %d %s, want %d", name, status, body, c.want)
		}
	}
	if status, _ := w.send("/slack/interactions", url.Values{"payload": {"{"}}, now, nil); status != http.StatusBadRequest {
		t.Errorf("broken payload: %d", status)
	}
	w.untouched()
}

// Slack's own example: docs.slack.dev/authentication/verifying-requests-from-slack.
func TestSlacksExampleOfASignatureVerifies(t *testing.T) {
	t.Parallel()
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	h := http.Header{}
	h.Set("X-Slack-Request-Timestamp", "1531420618")
	h.Set("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")
	at := time.Unix(1531420618, 0)
	if why := verify("8f742231b10e8888abcd99yyyzzz85a5", h, []byte(body), at.Add(5*time.Minute)); why != "" {
		t.Error(why)
	}
	if verify("8f742231b10e8888abcd99yyyzzz85a5", h, []byte(body), at.Add(5*time.Minute+time.Second)) == "" {
		t.Error("a request older than five minutes is taken")
	}
}

func TestPersonWithoutRightsIsToldSoAndNothingHappens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for user, want := range map[string]string{bram: "Je mag dit niet gebruiken. Vraag debiteurenbeheer.", stranger: "alleen vanuit onze eigen werkruimte"} {
		if got := w.Command(context.Background(), user, "10234"); !got.OK() {
			t.Errorf("%s: %d %v", user, got.Status, got.Err)
		}
		w.told(user, want)
	}
	w.untouched()
	// A guest is on the list; who is a guest is known only from Slack.
	if v := w.ask(guest, "10234"); !strings.Contains(slackfake.RenderView(v), "Gasten mogen dit niet gebruiken") {
		t.Error(slackfake.RenderView(v))
	}
	if len(w.all()) != 0 {
		t.Error("a guest started a case")
	}
}

func TestRightsAreLookedAtAgainAtTheSubmission(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	w.stop()
	w.config.AllowedUsers = []string{kees}
	w.start()
	got := w.Submit(context.Background(), sanne, v.ID, nil)
	if !got.OK() || !strings.Contains(string(got.Body), "Je mag dit niet gebruiken") || len(w.all()) != 0 {
		t.Errorf("%d %s, cases %v", got.Status, got.Body, w.all())
	}
}

func TestReplayedCommandIsWorkedOnOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.Command(context.Background(), sanne, "10234")
	w.top(sanne, "")
	again := w.Replay(context.Background(), first)
	if again.Status != http.StatusOK || len(again.Body) != 0 {
		t.Errorf("replay: %d %s", again.Status, again.Body)
	}
	w.Command(context.Background(), sanne, "10235") // by then the replay would have been worked on
	w.until("the second view", func(p slackfake.Snapshot) bool { return len(p.Calls("views.open")) >= 2 })
	if got := len(w.Calls("views.open")); got != 2 {
		t.Errorf("%d views were opened for two commands and a replay", got)
	}
}

func TestReplayedSubmissionStartsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.submit(sanne, w.ask(sanne, "10234"), nil)
	w.card("Wacht op betaling")
	if again := w.Replay(context.Background(), first); again.Status != http.StatusOK || len(again.Body) != 0 {
		t.Errorf("replay: %d %s", again.Status, again.Body)
	}
	if got := w.all(); len(got) != 1 {
		t.Errorf("%d cases", len(got))
	}
}

func TestCommandIsRefusedWhenItCannotBeStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	must(t, w.store.Close())
	if got := w.Command(context.Background(), sanne, "10234"); !got.OK() {
		t.Errorf("%d %v", got.Status, got.Err)
	}
	w.told(sanne, "kan nu niets opslaan")
	if len(w.Calls("views.open")) != 0 {
		t.Error("a view was opened for a command that isn't stored")
	}
}

func TestHelpPauseAndResume(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	w.Command(ctx, kees, "help")
	w.told(kees, "looks a customer up by number")
	w.Command(ctx, sanne, "pause")
	w.told(sanne, "Gepauzeerd.")
	if by, err := w.desk.PausedBy(ctx); err != nil || !strings.HasPrefix(by, "Sanne Visser") {
		t.Errorf("paused by %q, %v", by, err)
	}
	w.Command(ctx, kees, "resume")
	w.told(kees, "The bot goes on.")
	if by, _ := w.desk.PausedBy(ctx); by != "" {
		t.Errorf("still paused by %q", by)
	}
	w.until("the team's lines", func(p slackfake.Snapshot) bool { return len(p.Messages(cases)) == 2 })
	if got := w.CheckSSL(ctx); got.Status != http.StatusOK {
		t.Errorf("ssl_check: %d", got.Status)
	}
}

func TestWhatPeopleTypeIsReadAsTheyMeantIt(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  10234 ": "10234", "“jansen bouw”": "jansen bouw", "<http://jansenbouw.nl|jansenbouw.nl>": "jansenbouw.nl",
		"<mailto:a@b.nl|a@b.nl>": "a@b.nl", "Jansen &amp; Zn": "Jansen & Zn", "O’Brien – West": "O'Brien - West", "a\u202eb\nc": "ab c",
	} {
		if got := typed(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestPrivateAnswersGoOnlyToSlacksOrigins(t *testing.T) {
	t.Parallel()
	hit := false
	w := newWorld(t)
	elsewhere := w.serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hit = true }))
	for _, address := range []string{elsewhere + "/commands/1", "file:///etc/passwd", "http://user@" + strings.TrimPrefix(w.config.ResponseOrigins[0], "http://") + "/x", ""} {
		if err := w.bot.client.respond(context.Background(), address, "psst"); err == nil {
			t.Errorf("%s was taken", address)
		}
	}
	if hit {
		t.Error("a foreign address was called")
	}
}

func TestDoctorIsToldWhatIsWrong(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t, func(w *world) { w.config.AllowedUsers = []string{sanne, kees} })
	if err := w.bot.Check(ctx); err != nil {
		t.Errorf("all is well, but: %v", err)
	}
	bad := newWorld(t, func(w *world) {
		w.config.TeamIDs, w.config.CaseChannel, w.config.AllowedUsers = []string{"T0ELSE"}, "C0NONE", []string{guest, "U0NOBODY"}
	})
	err := bad.bot.Check(ctx)
	for _, want := range []string{"workspace T0OURS", "channel_not_found", "Guests may not", "user_not_found"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	none := newWorld(t, func(w *world) { w.config.BotToken = "xoxb-wrong" })
	if err := none.bot.Check(ctx); err == nil || !strings.Contains(err.Error(), "invalid_auth") || strings.Contains(err.Error(), "xoxb") {
		t.Errorf("%v", err)
	}
}

func TestConfigNamesEveryFault(t *testing.T) {
	t.Parallel()
	_, err := New(Config{ChannelLanguage: "de", APIURL: "slack"}, nil, nil, nil, bot.Policy{}, nil)
	for _, want := range []string{"signing secret", "bot token", "case channel", "no address", "nl or en"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}
