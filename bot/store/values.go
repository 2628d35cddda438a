package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// millis is an instant as the database keeps it: Unix milliseconds, NULL for the zero time.
func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// instant reads an instant back, in UTC.
func instant(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}

// clean is text that every database takes: valid UTF-8 without NUL. Other systems' answers needn't be.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// object is a value as JSON text. Values here are made of strings, numbers and times: they always can be.
func object(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(raw)
}

// raw is JSON as it was handed in; NULL for none.
func raw(m json.RawMessage) any {
	if len(m) == 0 {
		return nil
	}
	return clean(string(m))
}

// message reads such JSON back.
func message(s sql.NullString) json.RawMessage {
	if !s.Valid {
		return nil
	}
	return json.RawMessage(s.String)
}

// flag is a bool for a dialect without one.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// parse reads JSON texts into values, pair by pair.
func parse(texts []string, values ...any) error {
	for i, v := range values {
		if err := json.Unmarshal([]byte(texts[i]), v); err != nil {
			return fmt.Errorf("stored JSON of %T can't be read: %w", v, err)
		}
	}
	return nil
}
