package slackfake_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// overSocket makes a world in Socket Mode.
func overSocket(o *slackfake.Options) { o.SocketMode, o.SocketPing = true, 20*time.Millisecond }

// connect opens a connection as a plain WebSocket client and reads the greeting.
func (w *world) connect(t *testing.T) (conn *websocket.Conn, hello slackfake.Object) {
	t.Helper()
	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), w.address(t), http.Header{"Origin": {"https://api.slack.com"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.ReadJSON(&hello); err != nil {
		t.Fatal(err)
	}
	return conn, hello
}

func (w *world) address(t *testing.T) string {
	t.Helper()
	_, address, err := w.socketAPI().StartSocketModeContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func (w *world) socketAPI() *slack.Client {
	return slack.New("xoxb-1", slack.OptionAPIURL(w.url+"/api/"), slack.OptionAppLevelToken("xapp-test"))
}

// answers acknowledges the next envelope with the payload.
func answers(t *testing.T, conn *websocket.Conn, payload any) (e slackfake.Object) {
	t.Helper()
	if err := conn.ReadJSON(&e); err != nil {
		t.Error(err)
		return nil
	}
	ack := slackfake.Object{"envelope_id": e["envelope_id"]}
	if payload != nil {
		ack["payload"] = payload
	}
	if err := conn.WriteJSON(ack); err != nil {
		t.Error(err)
	}
	return e
}

func TestSocketDeliversToOtherClientsToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, overSocket)
	client := socketmode.New(w.socketAPI())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(ctx) }()
	go func() {
		for e := range client.Events {
			if e.Type == socketmode.EventTypeSlashCommand {
				command, _ := e.Data.(slack.SlashCommand)
				_ = client.Ack(*e.Request, map[string]string{"text": "gezien: " + command.Text})
			}
		}
	}()
	if err := w.Wait(t.Context(), func(slackfake.Snapshot) bool { return w.Sockets() == 1 }); err != nil {
		t.Fatal(err)
	}
	if r := w.Command(t.Context(), sanne, "10234"); !r.OK() {
		t.Errorf("%+v", r)
	}
	if got := w.Ephemerals(sanne); len(got) != 1 || got[0].Text != "gezien: 10234" {
		t.Errorf("answers %v", got)
	}
	cancel()
	<-ended
	w.noFaults(t)
}

func TestSocketAddressWorksOnceAndByTheAppsToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, overSocket)
	address := w.address(t)
	for i, want := range []int{http.StatusSwitchingProtocols, http.StatusForbidden} {
		conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
		if resp == nil || resp.StatusCode != want {
			t.Errorf("connection %d: %v", i, err)
		}
		if conn != nil {
			_ = conn.Close()
		}
	}
	_, _, err := slack.New("", slack.OptionAPIURL(w.url+"/api/"), slack.OptionAppLevelToken("xoxb-1")).StartSocketModeContext(t.Context())
	if code(err) != "not_allowed_token_type" {
		t.Errorf("by the bot's token: %v", err)
	}
}

func TestSocketCountsConnectionsAndHasACap(t *testing.T) {
	t.Parallel()
	w := newWorld(t, overSocket)
	w.SetGhosts(1)
	for i := range 9 {
		if _, hello := w.connect(t); hello["type"] != "hello" || hello["num_connections"] != float64(i+2) {
			t.Fatalf("connection %d: %v", i, hello)
		}
	}
	if _, hello := w.connect(t); hello["reason"] != "too_many_websockets" {
		t.Errorf("the eleventh: %v", hello)
	}
}

func TestSocketPingsAndDisconnects(t *testing.T) {
	t.Parallel()
	w := newWorld(t, overSocket)
	conn, _ := w.connect(t)
	pinged := make(chan struct{}, 100)
	conn.SetPingHandler(func(string) error { pinged <- struct{}{}; return nil })
	w.Disconnect("warning")
	var said slackfake.Object
	if err := conn.ReadJSON(&said); err != nil || said["reason"] != "warning" {
		t.Fatal(said, err)
	}
	done := make(chan slackfake.Result)
	go func() { done <- w.Command(t.Context(), sanne, "x") }()
	if e := answers(t, conn, nil); e["type"] != "slash_commands" || e["accepts_response_payload"] != true {
		t.Errorf("after the warning: %v", e)
	}
	if r := <-done; !r.OK() {
		t.Errorf("%+v", r)
	}
	w.Disconnect("refresh_requested")
	if err := conn.ReadJSON(&said); err != nil || said["reason"] != "refresh_requested" {
		t.Fatal(said, err)
	}
	if err := conn.ReadJSON(&said); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("not closed: %v", err)
	}
	w.noFaults(t)
}

func TestSocketChecksAcknowledgements(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ack  func(id any) any
		says string
	}{
		"unknown":   {func(any) any { return slackfake.Object{"envelope_id": "?"} }, "acknowledges nothing"},
		"too large": {func(id any) any { return slackfake.Object{"envelope_id": id, "payload": strings.Repeat("x", 20<<10)} }, "is dropped"},
		"no object": {func(any) any { return "ok" }, "no JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, overSocket, func(o *slackfake.Options) { o.Patience = 200 * time.Millisecond })
			conn, _ := w.connect(t)
			done := make(chan slackfake.Result)
			go func() { done <- w.Command(t.Context(), sanne, "x") }()
			var e slackfake.Object
			if err := conn.ReadJSON(&e); err != nil {
				t.Fatal(err)
			}
			if err := conn.WriteJSON(c.ack(e["envelope_id"])); err != nil {
				t.Fatal(err)
			}
			if r := <-done; r.OK() || !r.TimedOut {
				t.Errorf("%+v", r)
			}
			if got := w.Faults(); len(got) != 1 || !strings.Contains(got[0], c.says) {
				t.Errorf("faults %v", got)
			}
		})
	}
}
