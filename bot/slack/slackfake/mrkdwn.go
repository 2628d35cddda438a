package slackfake

import (
	"regexp"
	"strings"
)

// angled is what stands between angle brackets in mrkdwn: links and mentions.
// https://docs.slack.dev/messaging/formatting-message-text
var angled = regexp.MustCompile(`<([^<>]*)>`)

// readEntities reads the only three entities that Slack reads, each once.
func readEntities(text string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}

// readText is what a text object shows. In plain_text nothing is markup; that
// entities are not read there either is the stricter reading, as it makes a
// text that was escaped for the wrong place look wrong.
func readText(v any, names map[string]string) string {
	o, _ := v.(Object)
	if str(o, "type") == "mrkdwn" {
		return readMrkdwn(str(o, "text"), names)
	}
	return str(o, "text")
}

// readMrkdwn shows links as words and address, mentions as names, and reads
// the three entities. Marks such as *bold* stay as they are.
func readMrkdwn(text string, names map[string]string) string {
	var b strings.Builder
	at := 0
	for _, hit := range angled.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(readEntities(text[at:hit[0]]))
		b.WriteString(readAngled(text[hit[2]:hit[3]], names))
		at = hit[1]
	}
	b.WriteString(readEntities(text[at:]))
	return b.String()
}

// readAngled shows what stood between angle brackets.
func readAngled(inner string, names map[string]string) string {
	target, words, _ := strings.Cut(inner, "|")
	words = readEntities(words)
	switch {
	case strings.HasPrefix(target, "@"):
		return "@" + orElse(words, orElse(names[target[1:]], target[1:]))
	case strings.HasPrefix(target, "#"):
		return "#" + orElse(words, orElse(names[target[1:]], target[1:]))
	case strings.HasPrefix(target, "!subteam^"):
		return "@" + orElse(words, strings.TrimPrefix(target, "!subteam^"))
	case strings.HasPrefix(target, "!date^"):
		return orElse(words, target)
	case strings.HasPrefix(target, "!"):
		return "@" + target[1:]
	case target == "":
		return "<" + inner + ">"
	}
	target = readEntities(target)
	return linkWords(orElse(words, target), target)
}

// linkWords is a link in plain text: its words, and where it leads.
func linkWords(words, target string) string {
	if words == target {
		return target
	}
	return words + " <" + target + ">"
}

// Mentions lists whom a message calls: user, channel and group mentions and
// @channel, @here, @everyone, in its text, its mrkdwn and its rich text. A
// test uses it to show that words from outside call nobody.
func (m Message) Mentions() []string {
	found := mentionsIn(m.Text)
	for _, b := range m.Blocks {
		found = append(found, blockMentions(b)...)
	}
	return found
}

// mentionsIn finds the mentions in a mrkdwn text.
func mentionsIn(text string) []string {
	var found []string
	for _, hit := range angled.FindAllStringSubmatch(text, -1) {
		target, _, _ := strings.Cut(hit[1], "|")
		call := strings.HasPrefix(target, "@") || strings.HasPrefix(target, "!")
		if call && !strings.HasPrefix(target, "!date^") {
			found = append(found, strings.TrimPrefix(strings.TrimLeft(target, "@!"), "subteam^"))
		}
	}
	return found
}

// blockMentions finds the mentions anywhere in a block.
func blockMentions(v any) []string {
	var found []string
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			found = append(found, blockMentions(e)...)
		}
	case Object:
		switch str(v, "type") {
		case "mrkdwn":
			return mentionsIn(str(v, "text"))
		case "user", "usergroup", "broadcast":
			return []string{orElse(str(v, "user_id"), orElse(str(v, "usergroup_id"), str(v, "range")))}
		}
		for _, e := range v {
			found = append(found, blockMentions(e)...)
		}
	}
	return found
}
