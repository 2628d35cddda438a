package snippets

import (
	"strconv"
	"strings"
	"time"
)

// LongDate writes a civil date (YYYY-MM-DD) out in a language: "21 december 2026" (nl), "21 December 2026" (en),
// "21. Dezember 2026" (de), "21 décembre 2026" (fr). What is not such a date comes back as one line, as it is.
func LongDate(lang, day string) string {
	t, ok := parseDay(day)
	if !ok {
		return Line(day)
	}
	number := strconv.Itoa(t.Day())
	switch {
	case lang == "de":
		number += "."
	case lang == "fr" && t.Day() == 1:
		number += "er" // French counts the first of a month with an ordinal
	}
	return number + " " + nameOf(monthNames(lang), int(t.Month())-1) + " " + strconv.Itoa(t.Year())
}

// ShortDate writes a civil date tight, with its weekday: "ma 21 dec." (nl), "Mon 21 Dec" (en), "Mo. 21. Dez." (de),
// "lun. 21 déc." (fr). What is not such a date comes back as one line, as it is.
func ShortDate(lang, day string) string {
	t, ok := parseDay(day)
	if !ok {
		return Line(day)
	}
	number := strconv.Itoa(t.Day())
	if lang == "de" {
		number += "."
	}
	return nameOf(weekdayNames(lang), int(t.Weekday())) + " " + number + " " + nameOf(shortMonthNames(lang), int(t.Month())-1)
}

func parseDay(day string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, day)
	return t, err == nil
}

// nameOf picks a name of a list written with blanks between.
func nameOf(names string, i int) string { return strings.Fields(names)[i] }

// monthNames lists a language's months; English for a language that isn't known.
func monthNames(lang string) string {
	switch lang {
	case "nl":
		return "januari februari maart april mei juni juli augustus september oktober november december"
	case "de":
		return "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
	case "fr":
		return "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
	}
	return "January February March April May June July August September October November December"
}

// shortMonthNames lists the usual abbreviations; a name that isn't shortened has no full stop.
func shortMonthNames(lang string) string {
	switch lang {
	case "nl":
		return "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec."
	case "de":
		return "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."
	case "fr":
		return "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."
	}
	return "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
}

// weekdayNames lists the abbreviated days, Sunday first.
func weekdayNames(lang string) string {
	switch lang {
	case "nl":
		return "zo ma di wo do vr za"
	case "de":
		return "So. Mo. Di. Mi. Do. Fr. Sa."
	case "fr":
		return "dim. lun. mar. mer. jeu. ven. sam."
	}
	return "Sun Mon Tue Wed Thu Fri Sat"
}
