package slackfake_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

func TestCommandIsSignedAsSlackSignsAndHoldsWhatItDocuments(t *testing.T) {
	w := newWorld(t)
	w.Command(t.Context(), sanne, "jansen & zn")
	got := w.app.last(t)
	at, err := strconv.ParseInt(got.header.Get("X-Slack-Request-Timestamp"), 10, 64)
	if err != nil || got.header.Get("X-Slack-Signature") != slackfake.Sign("s3cret", at, got.body) || at != w.Now().Unix() {
		t.Errorf("signed %q at %d, %v", got.header.Get("X-Slack-Signature"), at, err)
	}
	form, err := url.ParseQuery(string(got.body))
	if err != nil || got.path != "/commands" {
		t.Fatal(got.path, err)
	}
	for field, want := range map[string]string{"text": "jansen & zn", "user_id": sanne, "team_id": "T0001", "command": "/terminate", "channel_id": general, "api_app_id": "A0001"} {
		if form.Get(field) != want {
			t.Errorf("%s is %q, want %q", field, form.Get(field), want)
		}
	}
	if form.Get("trigger_id") == "" || form.Get("response_url") == "" {
		t.Error("no trigger or no address to answer to")
	}
}

// The example of docs.slack.dev/authentication/verifying-requests-from-slack.
func TestSignatureIsSlacks(t *testing.T) {
	const body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	if got := slackfake.Sign("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, []byte(body)); got != "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503" {
		t.Error(got)
	}
}

func TestReplaySendsTheSameBytes(t *testing.T) {
	w := newWorld(t)
	first := w.Command(t.Context(), sanne, "10234")
	sent := w.app.last(t)
	w.Add(time.Minute)
	w.Replay(t.Context(), first)
	again := w.app.last(t)
	if w.app.count() != 2 || !bytes.Equal(sent.body, again.body) || sent.header.Get("X-Slack-Signature") != again.header.Get("X-Slack-Signature") {
		t.Error("the replay differs from what was sent")
	}
}

func TestCommandThatTheAppRefusesFailsVisibly(t *testing.T) {
	w := newWorld(t)
	w.app.says(http.StatusInternalServerError, "text/plain", "oops")
	if got := w.Command(t.Context(), sanne, "10234"); got.OK() || !strings.Contains(got.Notice, "dispatch_failed") {
		t.Errorf("%+v", got)
	}
	w.app.says(http.StatusOK, "text/plain", "psst")
	if got := w.Command(t.Context(), sanne, "10234"); !got.OK() {
		t.Errorf("%+v", got)
	}
	if got := w.Ephemerals(sanne); len(got) != 1 || got[0].Text != "psst" || got[0].Via != "command" || len(w.Messages(general)) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestReplyAddressServesFiveTimesInHalfAnHour(t *testing.T) {
	w := newWorld(t)
	first, second := w.Command(t.Context(), sanne, ""), w.Command(t.Context(), sanne, "")
	post := func(address string) int {
		t.Helper()
		resp, err := http.Post(address, "application/json", strings.NewReader(`{"text":"psst"}`))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for n := range 6 {
		if got, want := post(first.ResponseURL), map[bool]int{true: 200, false: 404}[n < 5]; got != want {
			t.Errorf("post %d: %d, want %d", n+1, got, want)
		}
	}
	w.Add(31 * time.Minute)
	if got := post(second.ResponseURL); got != http.StatusNotFound {
		t.Errorf("after half an hour: %d", got)
	}
	if got := len(w.Ephemerals(sanne)); got != 5 {
		t.Errorf("%d private lines", got)
	}
}

func TestClickIsDeliveredAsBlockActions(t *testing.T) {
	w := newWorld(t)
	if _, _, err := w.api.PostMessageContext(t.Context(), general, slack.MsgOptionText("zaak", false), card("*zaak*")); err != nil {
		t.Fatal(err)
	}
	m := w.Messages(general)[0]
	if got := w.Click(t.Context(), sanne, m.On(), "approve"); !got.OK() {
		t.Fatalf("%+v", got)
	}
	cb := w.app.callback(t)
	if cb.Type != slack.InteractionTypeBlockActions || cb.User.ID != sanne || cb.Container.MessageTs != m.TS || cb.Channel.ID != general ||
		len(cb.ActionCallback.BlockActions) != 1 || cb.ActionCallback.BlockActions[0].Value != "41:7" || cb.TriggerID == "" {
		t.Errorf("%+v", cb)
	}
	if got := w.Click(t.Context(), sanne, m.On(), "reject"); got.Err == nil {
		t.Error("a button was pressed that isn't there")
	}
	if w.app.count() != 1 {
		t.Errorf("%d requests", w.app.count())
	}
}

// Who presses while the message is being changed presses what they had before them.
func TestABlockFromBeforeTheLastChangeIsPressedAsItWas(t *testing.T) {
	w := newWorld(t)
	if _, _, err := w.api.PostMessageContext(t.Context(), general, slack.MsgOptionText("zaak", false), card("*zaak*")); err != nil {
		t.Fatal(err)
	}
	m := w.Messages(general)[0]
	was := m.Blocks[len(m.Blocks)-1]["block_id"].(string)
	if _, _, _, err := w.api.UpdateMessageContext(t.Context(), general, m.TS, slack.MsgOptionText("klaar", false)); err != nil {
		t.Fatal(err)
	}
	if got := w.Press(t.Context(), sanne, m.On(), slackfake.Press{Action: "approve", Block: "another"}); got.Err == nil {
		t.Error("a block was pressed that never was")
	}
	if got := w.Press(t.Context(), sanne, m.On(), slackfake.Press{Action: "approve", Block: was}); !got.OK() {
		t.Fatalf("%+v", got)
	}
	if got := w.app.callback(t).ActionCallback.BlockActions; len(got) != 1 || got[0].Value != "41:7" || got[0].BlockID != was {
		t.Errorf("%+v", got)
	}
}

func TestSubmissionCarriesWhatWasFilledInAndObeysTheAnswer(t *testing.T) {
	w := newWorld(t)
	v := w.opened(t, sanne, form("Zoeken"))
	if got := w.Submit(t.Context(), sanne, v.ID, nil); got.Err == nil {
		t.Fatal("a form was sent without its required field")
	}
	w.app.says(http.StatusOK, "application/json", `{"response_action":"errors","errors":{"number":"wie?"}}`)
	w.Submit(t.Context(), sanne, v.ID, slackfake.Values{"typed": "10234"})
	cb := w.app.callback(t)
	if cb.Type != slack.InteractionTypeViewSubmission || cb.View.State.Values["number"]["typed"].Value != "10234" ||
		cb.View.CallbackID != "search" || cb.View.PrivateMetadata != "case=41" || cb.View.Hash != v.Hash {
		t.Errorf("%+v", cb.View)
	}
	if got := w.Views(sanne); len(got) != 1 || got[0].Errors["number"] != "wie?" {
		t.Errorf("%+v", got)
	}
	w.app.says(http.StatusOK, "application/json", "")
	w.Submit(t.Context(), sanne, v.ID, nil)
	if got := w.Views(sanne); len(got) != 0 {
		t.Errorf("an empty answer leaves the view open: %+v", got)
	}
	w.noFaults(t)
	v = w.opened(t, sanne, form("Zoeken"))
	w.app.says(http.StatusOK, "application/json", `{"response_action":"errors","errors":{"nowhere":"wie?"}}`)
	if got := w.Submit(t.Context(), sanne, v.ID, slackfake.Values{"typed": "1"}); got.OK() || len(w.Faults()) != 1 {
		t.Errorf("errors for a block that isn't there pass: %+v, %v", got, w.Faults())
	}
}
