package cerb

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// text is a string as Cerb sends one: a JSON string, a number, or "nothing" as null, false, [] or {}.
type text string

// UnmarshalJSON takes all of Cerb's ways to write a string.
func (t *text) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if nothing(raw) {
		*t = ""
		return nil
	}
	switch raw[0] {
	case '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		*t = text(s)
	case '{', '[':
		return errors.New("a text was expected")
	default:
		*t = text(raw)
	}
	return nil
}

// whole is an integer as Cerb sends one: 4, "4", 4.0, true, or "nothing" for zero.
type whole int64

// UnmarshalJSON takes all of Cerb's ways to write a number.
func (n *whole) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if nothing(raw) {
		*n = 0
		return nil
	}
	s := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		s = strings.TrimSpace(s)
	}
	if s == "true" {
		*n = 1
		return nil
	}
	if v, err := strconv.ParseInt(s, 10, 64); err == nil {
		*n = whole(v)
		return nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return errors.New("a whole number was expected")
	}
	*n = whole(f)
	return nil
}

// id is a record's id; "" when there is none (Cerb writes 0).
func (n whole) id() string {
	if n <= 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}

// at is an instant; zero when there is none (Cerb writes 0).
func (n whole) at() time.Time {
	if n <= 0 {
		return time.Time{}
	}
	return time.Unix(int64(n), 0).UTC()
}

// fields is an object with loose values. PHP writes an empty one as [].
type fields map[string]json.RawMessage

// UnmarshalJSON takes an object, a list (its places as keys) or nothing.
func (f *fields) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if nothing(raw) {
		*f = nil
		return nil
	}
	if raw[0] == '[' {
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return err
		}
		*f = make(fields, len(list))
		for i, v := range list {
			(*f)[strconv.Itoa(i)] = v
		}
		return nil
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	*f = m
	return nil
}

// text reads one value as a text; "" when it is missing or of another shape.
func (f fields) text(name string) string {
	var t text
	if raw, ok := f[name]; ok && t.UnmarshalJSON(raw) == nil {
		return string(t)
	}
	return ""
}

// nothing reports whether raw is one of PHP's ways to write an empty value.
func nothing(raw []byte) bool {
	switch strings.Map(dropBlank, string(raw[:min(len(raw), 16)])) {
	case "", "null", "false", `""`, "[]", "{}":
		return true
	}
	return false
}

func dropBlank(r rune) rune {
	if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
		return -1
	}
	return r
}

// envelope is what every answer of Cerb carries. An answer without a status isn't Cerb's.
type envelope struct {
	Status  text `json:"__status"`
	Code    text `json:"__error"`
	Version text `json:"__version"`
	Message text `json:"message"`
}

// open reads the envelope of an answer. It fails when the answer is cut off, is no JSON, or isn't Cerb's.
func open(body []byte) (envelope, error) {
	var env envelope
	if err := json.Unmarshal(body, &env); err != nil {
		return envelope{}, fmt.Errorf("the answer is not Cerb's JSON: %w", err)
	}
	if env.Status != "success" && env.Status != "error" {
		return envelope{}, errors.New("the answer has no __status, so it isn't Cerb's")
	}
	return env, nil
}

// list is a list of records. PHP writes one as [], or as an object keyed by id or place.
type list[T any] []T

// UnmarshalJSON takes a list, an object's values (by key, numbers in their order) or nothing.
func (l *list[T]) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if nothing(raw) {
		*l = nil
		return nil
	}
	if raw[0] == '[' {
		var plain []T
		if err := json.Unmarshal(raw, &plain); err != nil {
			return err
		}
		*l = plain
		return nil
	}
	var m map[string]T
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	*l = (*l)[:0]
	for _, key := range slices.SortedFunc(maps.Keys(m), byNumber) {
		*l = append(*l, m[key])
	}
	return nil
}

func byNumber(a, b string) int {
	if d := cmp.Compare(len(a), len(b)); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
