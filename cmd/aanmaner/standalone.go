package main

// The program brings its own time zones and root certificates, so that it runs where there is nothing else, as in an image
// made from scratch. A system that has them has the last word.
import (
	_ "time/tzdata"

	_ "golang.org/x/crypto/x509roots/fallback"
)
