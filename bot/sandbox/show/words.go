package show

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// words are the page's texts by key and language. They stand apart from the bot's catalogue: none of them is said to staff.
type words map[string]map[string]string

func loadWords() (words, error) {
	raw, err := files.ReadFile("words.yaml")
	if err != nil {
		return nil, err
	}
	var w words
	if err := yaml.Unmarshal(raw, &w); err != nil {
		return nil, fmt.Errorf("words.yaml: %w", err)
	}
	return w, nil
}

// in gives the texts of a language. {name} is filled in from the pairs; a key that isn't there comes out as itself, which a
// test finds.
func (w words) in(lang string) func(key string, pairs ...string) string {
	return func(key string, pairs ...string) string {
		text, ok := w[key][lang]
		if !ok {
			return key
		}
		for i := 0; i+1 < len(pairs); i += 2 {
			text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
		}
		return text
	}
}
