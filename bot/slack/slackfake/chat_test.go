package slackfake_test

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

func card(text string) slack.MsgOption {
	return slack.MsgOptionBlocks(
		slack.NewSectionBlock(marked(text), nil, nil),
		slack.NewActionBlock("acts", slack.NewButtonBlockElement("approve", "41:7", words("Goedkeuren"))),
	)
}

func TestPostedMessageStandsInItsChannel(t *testing.T) {
	w := newWorld(t)
	meta := slack.SlackMetadata{EventType: "case", EventPayload: map[string]any{"id": "41"}}
	ch, ts, err := w.api.PostMessageContext(t.Context(), general, slack.MsgOptionText("zaak 41", false), card("*zaak*"), slack.MsgOptionMetadata(meta))
	if err != nil || ch != general {
		t.Fatal(ch, err)
	}
	all := w.Messages(general)
	if len(all) != 1 || all[0].TS != ts || all[0].Text != "zaak 41" || len(all[0].Blocks) != 2 {
		t.Fatalf("%+v", all)
	}
	if all[0].Metadata["event_type"] != "case" {
		t.Errorf("metadata %v", all[0].Metadata)
	}
	w.noFaults(t)
}

func TestTimestampsAreUniqueWhileTheClockStandsStill(t *testing.T) {
	w := newWorld(t)
	seen := map[string]bool{}
	for range 20 {
		_, ts, err := w.api.PostMessageContext(t.Context(), general, slack.MsgOptionText("x", false))
		if err != nil || seen[ts] {
			t.Fatal(ts, err)
		}
		if _, micros, _ := strings.Cut(ts, "."); len(micros) != 6 {
			t.Fatalf("timestamp %q", ts)
		}
		seen[ts] = true
	}
}

func TestUpdateKeepsWhatStoodThereBefore(t *testing.T) {
	w := newWorld(t)
	meta := slack.SlackMetadata{EventType: "case", EventPayload: map[string]any{"id": "41"}}
	_, ts, _ := w.api.PostMessageContext(t.Context(), general, slack.MsgOptionText("een", false), card("een"), slack.MsgOptionMetadata(meta))
	if _, _, _, err := w.api.UpdateMessageContext(t.Context(), general, ts, slack.MsgOptionText("twee", false), card("twee")); err != nil {
		t.Fatal(err)
	}
	m, _ := w.Snapshot().Message(general, ts)
	if m.Text != "twee" || m.Edited || len(m.Edits) != 1 || m.Edits[0].Text != "een" || len(m.Edits[0].Blocks) != 2 {
		t.Errorf("%+v", m)
	}
	if m.Metadata["event_type"] != "case" {
		t.Error("an update without metadata took it away")
	}
}

func TestUpdateWithTextAloneTakesBlocksAway(t *testing.T) {
	w := newWorld(t)
	_, ts, _ := w.api.PostMessageContext(t.Context(), general, slack.MsgOptionText("een", false), card("een"))
	if _, _, _, err := w.api.UpdateMessageContext(t.Context(), general, ts, slack.MsgOptionText("twee", false)); err != nil {
		t.Fatal(err)
	}
	if m, _ := w.Snapshot().Message(general, ts); len(m.Blocks) != 0 || !m.Edited {
		t.Errorf("%+v", m)
	}
}

func TestUpdateTouchesOnlyTheAppsOwnLivingMessages(t *testing.T) {
	w := newWorld(t)
	w.app.says(200, "application/json", `{"response_type":"in_channel","text":"ok"}`)
	w.Command(t.Context(), sanne, "10234")
	typed := w.Messages(general)[0]
	if typed.User != sanne || typed.Text != "/terminate 10234" {
		t.Fatalf("an answer in the channel must show what was typed: %+v", typed)
	}
	_, old, _ := w.api.PostMessageContext(t.Context(), general, slack.MsgOptionText("x", false))
	if _, _, err := w.api.DeleteMessageContext(t.Context(), general, old); err != nil {
		t.Fatal(err)
	}
	private, err := w.api.PostEphemeralContext(t.Context(), general, sanne, slack.MsgOptionText("psst", false))
	if err != nil {
		t.Fatal(err)
	}
	for ts, want := range map[string]string{
		typed.TS: "cant_update_message", old: "message_not_found", private: "message_not_found", "1.000001": "message_not_found",
	} {
		_, _, _, err := w.api.UpdateMessageContext(t.Context(), general, ts, slack.MsgOptionText("y", false))
		if code(err) != want {
			t.Errorf("update of %s: %v, want %s", ts, err, want)
		}
	}
	if _, _, err := w.api.DeleteMessageContext(t.Context(), general, typed.TS); code(err) != "cant_delete_message" {
		t.Error(err)
	}
}

func TestRepliesStandInTheThreadAndLoseItWithTheParent(t *testing.T) {
	w := newWorld(t)
	_, parent, _ := w.api.PostMessageContext(t.Context(), general, slack.MsgOptionText("zaak", false))
	say := func(opts ...slack.MsgOption) string {
		_, ts, err := w.api.PostMessageContext(t.Context(), general, append(opts, slack.MsgOptionText("regel", false), slack.MsgOptionTS(parent))...)
		if err != nil {
			t.Fatal(err)
		}
		return ts
	}
	quiet := say()
	loud := say(slack.MsgOptionBroadcast())
	if got := w.Thread(general, parent); len(got) != 2 || got[0].TS != quiet {
		t.Errorf("thread %+v", got)
	}
	if got := w.Messages(general); len(got) != 2 || got[1].TS != loud {
		t.Errorf("channel %+v", got)
	}
	link, err := w.api.GetPermalinkContext(t.Context(), &slack.PermalinkParameters{Channel: general, Ts: quiet})
	if err != nil || !strings.HasPrefix(link, "https://example.slack.com/archives/"+general+"/p") || !strings.Contains(link, "thread_ts="+parent) {
		t.Error(link, err)
	}
	if _, _, err := w.api.DeleteMessageContext(t.Context(), general, parent); err != nil {
		t.Fatal(err)
	}
	orphan := say()
	if m, _ := w.Snapshot().Message(general, orphan); m.ThreadTS != "" {
		t.Error("a reply to a deleted message must stand alone")
	}
}

func TestPrivateLineNeedsItsReaderInTheChannel(t *testing.T) {
	w := newWorld(t)
	for user, want := range map[string]string{jacqueline: "", sanne: "user_not_in_channel", "U0NOBODY": "user_not_in_channel", gone: "user_not_in_channel"} {
		_, err := w.api.PostEphemeralContext(t.Context(), credit, user, slack.MsgOptionText("psst", false))
		if code(err) != want {
			t.Errorf("%s: %v, want %q", user, err, want)
		}
	}
	if got := w.Ephemerals(jacqueline); len(got) != 1 || got[0].Via != "chat.postEphemeral" {
		t.Errorf("%+v", got)
	}
	if len(w.Messages(credit)) != 0 {
		t.Error("a private line stands in the channel")
	}
}

func TestPostIsRefusedWhereTheAppMayNotWrite(t *testing.T) {
	w := newWorld(t)
	for channel, want := range map[string]string{
		"C0NONE": "channel_not_found", hidden: "channel_not_found", archived: "is_archived", elsewhere: "not_in_channel", sanne: "", "D" + sanne: "",
	} {
		_, _, err := w.api.PostMessageContext(t.Context(), channel, slack.MsgOptionText("x", false))
		if code(err) != want {
			t.Errorf("%s: %v, want %q", channel, err, want)
		}
	}
	if got := w.Messages("D" + sanne); len(got) != 2 {
		t.Errorf("direct messages: %+v", got)
	}
}

func TestMessageLimits(t *testing.T) {
	w := newWorld(t)
	_, own, _ := w.api.PostMessageContext(t.Context(), general, slack.MsgOptionText("x", false))
	long := func(n int) *slack.TextBlockObject { return marked(strings.Repeat("é", n)) }
	post := func(opts ...slack.MsgOption) string {
		_, _, err := w.api.PostMessageContext(t.Context(), general, opts...)
		return code(err)
	}
	update := func(text string) string {
		_, _, _, err := w.api.UpdateMessageContext(t.Context(), general, own, slack.MsgOptionText(text, false))
		return code(err)
	}
	var filled []slack.Block
	for range 5 {
		filled = append(filled, slack.NewSectionBlock(long(2500), nil, nil))
	}
	for name, c := range map[string]struct{ got, want string }{
		"nothing to say":          {post(), "no_text"},
		"12,500 characters":       {post(slack.MsgOptionBlocks(filled...)), "msg_blocks_too_long"},
		"10,000 characters":       {post(slack.MsgOptionBlocks(filled[:4]...)), ""},
		"update to 4,000":         {update(strings.Repeat("é", 4000)), ""},
		"update to 4,001":         {update(strings.Repeat("é", 4001)), "msg_too_long"},
		"update to nothing":       {update(""), "no_text"},
		"metadata without a type": {post(slack.MsgOptionText("x", false), slack.MsgOptionMetadata(slack.SlackMetadata{EventPayload: map[string]any{}})), "invalid_metadata_format"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
	if len(w.Faults()) != 5 {
		t.Errorf("each refusal is a fault of the app: %q", w.Faults())
	}
}

func TestMentionsAreFoundWhereSlackWouldCall(t *testing.T) {
	w := newWorld(t)
	post := func(opts ...slack.MsgOption) slackfake.Message {
		_, ts, err := w.api.PostMessageContext(t.Context(), general, opts...)
		if err != nil {
			t.Fatal(err)
		}
		m, _ := w.Snapshot().Message(general, ts)
		return m
	}
	loud := post(slack.MsgOptionText("<!channel>", false), slack.MsgOptionBlocks(slack.NewSectionBlock(marked("<@U0SANNE> <!date^1|x> <https://x|y>"), nil, nil)))
	if got := strings.Join(loud.Mentions(), " "); got != "channel U0SANNE" {
		t.Errorf("mentions %q", got)
	}
	quiet := post(slack.MsgOptionText("<!channel>", true), slack.MsgOptionBlocks(slack.NewHeaderBlock(words("<!here>"))))
	if got := quiet.Mentions(); len(got) != 0 {
		t.Errorf("mentions %q", got)
	}
}
