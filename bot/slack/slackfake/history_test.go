package slackfake_test

import (
	"slices"
	"testing"

	"github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

func TestHistoryListsTheChannelNewestFirstInPages(t *testing.T) {
	w := newWorld(t)
	post := func(text string, more ...slack.MsgOption) string {
		_, ts, err := w.api.PostMessageContext(t.Context(), general, append(more, slack.MsgOptionText(text, false))...)
		if err != nil {
			t.Fatal(err)
		}
		return ts
	}
	first := post("one", slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "case", EventPayload: map[string]any{"id": "41"}}))
	post("a reply", slack.MsgOptionTS(first))
	post("two")
	post("three")
	var texts []string
	var marked slack.SlackMetadata
	for p := (slack.GetConversationHistoryParameters{ChannelID: general, Limit: 2, IncludeAllMetadata: true}); ; {
		page, err := w.api.GetConversationHistoryContext(t.Context(), &p)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			texts = append(texts, m.Text)
			marked = m.Metadata
		}
		if p.Cursor = page.ResponseMetaData.NextCursor; !page.HasMore {
			break
		}
	}
	if !slices.Equal(texts, []string{"three", "two", "one"}) || marked.EventType != "case" {
		t.Errorf("%v, metadata %v", texts, marked)
	}
	page, err := w.api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: general, Oldest: first})
	if err != nil || len(page.Messages) != 2 || page.Messages[0].Metadata.EventType != "" {
		t.Errorf("since the first one: %v, %v", page, err)
	}
}

func TestHistoryNeedsItsScopeAndTheChannel(t *testing.T) {
	w := newWorld(t, func(o *slackfake.Options) { o.Scopes = []string{"chat:write"} })
	if _, err := w.api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: general}); code(err) != "missing_scope" {
		t.Error(err)
	}
	w = newWorld(t)
	if _, err := w.api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: elsewhere}); code(err) != "not_in_channel" {
		t.Error(err)
	}
}
