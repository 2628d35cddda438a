// Package bot is the domain of Aanmaner: the non-payer procedure, the case that goes through it, and the deciding.
//
// See procedure.go first, beside the written procedure; then decide.go for what may be done and why not, and clerk.go for
// how a case is taken forward without anything ever happening twice.
package bot
