package cerb

import (
	"errors"
	"net/mail"
	"regexp"
	"strings"
)

// plainAddress is what we let through to Cerb: the characters that occur in customers' addresses and that mean nothing to
// Cerb's parser, which takes a list with comments and names and mails whatever it can make of it.
var plainAddress = regexp.MustCompile(`^[A-Za-z0-9!#$&'*+/=?^_{|}~.-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z0-9-]+$`)

// bareAddress checks that s is one e-mail address and nothing else: no name, no list, no comment, no blank. Cerb takes a
// missing or malformed address without a word and mails nobody.
func bareAddress(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	switch {
	case err != nil:
		return "", err
	case a.Name != "" || a.Address != s:
		return "", errors.New("not a single bare address")
	case len(s) > 254 || strings.Contains(s, "..") || !plainAddress.MatchString(s):
		return "", errors.New("an address with characters that aren't taken here")
	}
	return s, nil
}

// addresses reads a To header: the bare addresses in lower case. What net/mail can't read is split at commas, so that an
// odd name next to an address does not hide it.
func addresses(header string) []string {
	if strings.TrimSpace(header) == "" {
		return nil
	}
	var out []string
	if all, err := mail.ParseAddressList(header); err == nil {
		for _, a := range all {
			out = append(out, strings.ToLower(a.Address))
		}
		return out
	}
	for piece := range strings.SplitSeq(header, ",") {
		if open := strings.LastIndexByte(piece, '<'); open >= 0 {
			piece, _, _ = strings.Cut(piece[open+1:], ">")
		}
		if piece = strings.ToLower(strings.TrimSpace(piece)); strings.Contains(piece, "@") {
			out = append(out, piece)
		}
	}
	return out
}
