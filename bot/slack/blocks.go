package slack

import (
	slackgo "github.com/slack-go/slack"
)

// cardEvent marks our cards among the messages of a channel. Anybody in the workspace may read it: it holds a number.
const cardEvent = "aanmaner_case"

// message is what stands in a message: the text for notifications and screen readers, and the blocks for the eye.
type message struct {
	text      string
	blocks    []slackgo.Block
	caseID    int64  // 0: no card
	question  string // id of the question that it asks; empty: it is none
	matter    string // id of the matter that it shows; empty: none
	bulletin  string // id of the bulletin that it is; empty: none
	broadcast bool   // a thread's line that the channel sees too
}

func (m message) options() []slackgo.MsgOption {
	options := []slackgo.MsgOption{
		slackgo.MsgOptionText(m.text, false), slackgo.MsgOptionDisableLinkUnfurl(), slackgo.MsgOptionDisableMediaUnfurl(),
	}
	if len(m.blocks) > 0 {
		options = append(options, slackgo.MsgOptionBlocks(m.blocks...))
	}
	if m.caseID != 0 {
		options = append(options, slackgo.MsgOptionMetadata(slackgo.SlackMetadata{
			EventType: cardEvent, EventPayload: map[string]any{"case": m.caseID},
		}))
	}
	if m.question != "" {
		options = append(options, slackgo.MsgOptionMetadata(slackgo.SlackMetadata{
			EventType: questionEvent, EventPayload: map[string]any{"question": m.question},
		}))
	}
	if m.matter != "" {
		options = append(options, slackgo.MsgOptionMetadata(slackgo.SlackMetadata{
			EventType: matterEvent, EventPayload: map[string]any{"matter": m.matter},
		}))
	}
	if m.bulletin != "" {
		options = append(options, slackgo.MsgOptionMetadata(slackgo.SlackMetadata{
			EventType: bulletinEvent, EventPayload: map[string]any{"bulletin": m.bulletin},
		}))
	}
	return options
}

// plainText is text as it is, also where it comes from outside: nothing in it is read as markup or emoji.
func plainText(s string) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, s, false, false)
}

// markup is mrkdwn; what comes from outside has been escaped. Verbatim: Slack makes no links and mentions of its own.
func markup(s string) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.MarkdownType, cut(s, 3000), false, true)
}

func section(s string) *slackgo.SectionBlock { return slackgo.NewSectionBlock(markup(s), nil, nil) }

func fields(texts ...string) *slackgo.SectionBlock {
	objects := make([]*slackgo.TextBlockObject, len(texts))
	for i, t := range texts {
		objects[i] = markup(cut(t, 2000))
	}
	return slackgo.NewSectionBlock(nil, objects, nil)
}

func contextLine(s string) *slackgo.ContextBlock {
	return slackgo.NewContextBlock("", markup(s))
}

func button(action, val, label string) *slackgo.ButtonBlockElement {
	return slackgo.NewButtonBlockElement(action, val, plainText(label))
}

// link is a button that opens an address. Slack sends a click for it too; see click.go.
func link(action, address, label string) *slackgo.ButtonBlockElement {
	b := button(action, "", label)
	b.URL = address
	return b
}

// field is a required line of text; blockID is where an error about it is shown.
func field(id, label, hint, initial string, max int) *slackgo.InputBlock {
	input := slackgo.NewPlainTextInputBlockElement(nil, id)
	input.InitialValue, input.MaxLength = initial, max
	b := slackgo.NewInputBlock(id, plainText(label), nil, input)
	if hint != "" {
		b.Hint = plainText(hint)
	}
	return b
}

// quote is outside text, set off by a bar: a bold first line and the text itself.
func quote(head, text string) *slackgo.RichTextBlock {
	parts := []slackgo.RichTextSectionElement{slackgo.NewRichTextSectionTextElement(head+"\n", &slackgo.RichTextSectionTextStyle{Bold: true})}
	if text != "" { // Slack takes no empty element
		parts = append(parts, slackgo.NewRichTextSectionTextElement(text, nil))
	}
	return slackgo.NewRichTextBlock("", &slackgo.RichTextQuote{Type: slackgo.RTEQuote, Elements: parts})
}
