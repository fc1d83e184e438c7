package hclspec

import "regexp"

// syntaxRule replaces a report of hcl by ours.
type syntaxRule struct {
	hcl     string         // its summaries, with a | between them
	line    *regexp.Regexp // what the line looks like
	at      *regexp.Regexp // or how the line goes on at the place of the report
	next    string         // how the next line begins
	summary string
	detail  string // with $1, $2 … for the groups of line or at
}

const (
	hclWantsDefinition = "Argument or block definition required"
	hclWantsNewline    = "Missing newline after argument"
	hclBadBlock        = "Invalid block definition"
	hclBadExpression   = "Invalid expression"
	hclBadCharacter    = "Invalid character"
	hclBadText         = "Invalid string literal"
	hclRedefined       = "Attribute redefined"
)

var anyLine = regexp.MustCompile(`.*`)

// syntaxRules are tried in their order.
var syntaxRules = []syntaxRule{
	// Characters.
	{hcl: hclBadCharacter + "|" + hclBadExpression, line: regexp.MustCompile(`<<-?['"](\w+)['"]`), summary: sumHeredoc, detail: "The word after << has no quotes: write <<$1."},
	{hcl: hclBadCharacter, at: regexp.MustCompile("^[“”„‟'`]"), summary: sumWrongQuotes, detail: `Text is in double, straight quotes, as in "this". For text of several lines write <<EOT, the lines, and a line EOT.`},
	{hcl: hclBadCharacter, at: regexp.MustCompile("^[\u00a0\u2007\u202f\u200b\ufeff\u3000]"), summary: sumWrongCharacter, detail: "There is a space here that is not an ordinary one, such as web pages have. Type it anew."},
	{hcl: hclBadCharacter, at: regexp.MustCompile(`^;`), summary: sumWrongCharacter, detail: "Lines end without a semicolon, and commas separate items."},
	{hcl: hclBadCharacter, at: regexp.MustCompile(`^(\S)`), summary: sumWrongCharacter, detail: "The character $1 has no meaning here. If it belongs to a text, put that in double quotes."},

	// Lines that are neither an attribute nor a block.
	{hcl: hclWantsDefinition, line: regexp.MustCompile(`^(<{7}|={7}|>{7})`), summary: sumMergeConflict, detail: "A merge of two versions was not finished here. Choose what is right from both, and remove the lines with <<<<<<<, ======= and >>>>>>>."},
	{hcl: hclWantsDefinition, at: regexp.MustCompile(`^/\*`), summary: sumComment, detail: "The comment that begins here is not closed. Write */ at its end, or # before each line."},
	{hcl: hclWantsDefinition, line: regexp.MustCompile(`^\s*([\w-]+)\s*==`), summary: sumMissingEquals, detail: "One equals sign gives a value, and two compare: write $1 = …, with one."},
	{hcl: hclWantsDefinition, line: regexp.MustCompile(`^\s*([\w-]+)\s*(\+=|:=|=>)`), summary: sumMissingEquals, detail: "One equals sign gives a value: write $1 = …, without $2."},
	{hcl: hclWantsDefinition, line: regexp.MustCompile(`^\s*([\w-]+)\s*:\s*\S`), summary: sumMissingEquals, detail: "An equals sign stands between a name and its value: write $1 = …, without the colon."},
	{hcl: hclWantsDefinition, line: regexp.MustCompile(`^\s*([\w-]+)\s*:$`), summary: sumMissingEquals, detail: "This is how YAML does it. Write a block $1 { … }, or $1 = { … } for a map."},
	{hcl: hclWantsDefinition, line: regexp.MustCompile(`^\s*-\s`), summary: sumNotHCL, detail: "This is how YAML writes a list. Write NAME = [ …, … ], or a block for each."},
	{hcl: hclWantsDefinition, line: regexp.MustCompile(`^\s*(\w+)\s+(\d[\w-]*)\s*\{`), summary: sumNeedsQuotes, detail: `A label is in double quotes: write $1 "$2" { … }.`},
	{hcl: hclWantsDefinition, line: regexp.MustCompile(`^\s*([\w-]+)$`), summary: sumIncomplete, detail: "An attribute goes on with an equals sign and a value, $1 = …, and a block with braces, $1 { … }."},

	// Blocks.
	{hcl: hclBadBlock, line: regexp.MustCompile(`^\s*([\w-]+(?:\s+"[^"]*")*)\s*=\s*\{`), summary: sumExtraEquals, detail: "A block has no equals sign: write $1 { … }."},
	{hcl: hclBadBlock, line: anyLine, next: "{", summary: sumBrace, detail: "The { of a block stands on the line of its name. Put it there."},
	{hcl: hclBadBlock, line: regexp.MustCompile(`^\s*([\w-]+)\s+("[^"]*"|[\w./:-]+)$`), summary: sumMissingEquals, detail: "An attribute has an equals sign, $1 = …, and a block has braces, $1 $2 { … }."},
	{hcl: hclWantsNewline, line: regexp.MustCompile(`^\s*([\w-]+)\s*=\s*("[^"]*")\s*\{$`), summary: sumExtraEquals, detail: "A block has no equals sign: write $1 $2 { … }."},
	{hcl: "Invalid single-argument block definition", line: anyLine, summary: sumOneLineBlock, detail: "A block on one line holds one attribute. Give each attribute a line of its own, and the } as well."},
	{hcl: "Argument definition required", line: anyLine, summary: sumOneLineBlock, detail: "A block on one line holds one attribute and no other block. Give each a line of its own, and the } as well."},
	{hcl: "Missing newline after block definition", line: anyLine, summary: sumOwnLine, detail: "Something follows the }. What comes after a block begins on a line of its own."},
	{hcl: hclBadText, at: regexp.MustCompile(`^[$%]\{`), summary: sumTemplate, detail: "A label is text as it stands, without $${…}."},

	// Attributes.
	{hcl: hclWantsNewline, line: regexp.MustCompile(`^\s*([\w-]+)\s*=\s*([^"'(\[{]*[^"'(\[{\s])$`), summary: sumNeedsQuotes, detail: `Text is in double quotes: write $1 = "$2".`},
	{hcl: hclWantsNewline, line: anyLine, summary: sumOwnLine, detail: "Something follows that does not belong to the value. Each attribute has a line of its own."},
	{hcl: "Unexpected comma after argument", line: anyLine, summary: sumExtraComma, detail: "Lines end without a comma: commas separate what is in a list, a map or a call. Take it away."},
	{hcl: "Invalid argument name", line: regexp.MustCompile(`^\s*"([^"]*)"\s*=`), summary: sumExtraQuotes, detail: "The name of an attribute has no quotes: write $1 = …, without them."},

	// Values.
	{hcl: hclBadExpression, line: regexp.MustCompile(`^\s*([\w-]+)\s*=$`), summary: sumMissingValue, detail: "There is no value after the equals sign. Write one, or leave $1 out."},
	{hcl: hclBadExpression, line: regexp.MustCompile(`<<-?(\w+)\W*\s+\S`), summary: sumHeredoc, detail: "Nothing may follow <<$1 on its line. The text begins on the next one."},
	{hcl: hclBadExpression, line: regexp.MustCompile(`^\s*([\w-]+)\s*=\s*([/.~@*+&%^|\\][^"]*)$`), summary: sumNeedsQuotes, detail: `Text is in double quotes: write $1 = "$2".`},
	{hcl: hclBadExpression, at: regexp.MustCompile(`^,`), summary: sumExtraComma, detail: "There is nothing before this comma. Take it away, or write what is missing."},
	{hcl: hclBadExpression, line: anyLine, summary: sumMissingValue, detail: "A value must begin here: text in double quotes, a number, true or false, a list [ … ], a map { … }, or a reference such as var.x."},
	{hcl: "Missing attribute separator", line: regexp.MustCompile(`([\w-]+)\s*=\s*(\d+[A-Za-z]+)`), summary: sumNeedsQuotes, detail: `Text is in double quotes: write $1 = "$2".`},
	{hcl: "Missing attribute separator", line: anyLine, summary: sumMissingComma, detail: "A comma is missing before this: the items of a map are separated by commas, or each is on a line of its own."},
	{hcl: "Missing item separator", line: anyLine, summary: sumMissingComma, detail: "A comma is missing before this: the elements of a list are separated by commas, also at the ends of lines."},
	{hcl: "Missing argument separator", line: anyLine, summary: sumMissingComma, detail: "A comma is missing before this, or the ) that ends the call of the function."},
	{hcl: "Missing key/value separator", line: anyLine, summary: sumMissingEquals, detail: "Between the name and the value of an item is an equals sign: { NAME = VALUE }. Names with other characters than letters, digits, dashes and underscores are in double quotes."},
	{hcl: "Missing false expression in conditional", line: anyLine, summary: sumIncomplete, detail: "A condition has three parts: CONDITION ? ONE : OTHER. The colon and what follows are missing."},
	{hcl: "Invalid attribute name|Attribute name required", line: anyLine, summary: sumIncomplete, detail: "After the dot a name must follow, as in var.x."},

	// Text.
	{hcl: "Invalid escape sequence", at: regexp.MustCompile(`^\\?(.)`), summary: sumEscape, detail: `In text a backslash begins \n, \t, \r, \", \\ or \uNNNN. For a backslash itself write two of them.`},
	{hcl: "Invalid template control keyword", line: anyLine, summary: sumTemplate, detail: "In text %{ begins if, for or what ends them. Write %%{ where it is to stay as it is."},
	{hcl: "Extra characters after interpolation expression", line: anyLine, summary: sumTemplate, detail: "In text $${ begins an expression, and a } ends it. Write $$$${ where it is to stay as it is, such as for a shell."},
	{hcl: "Unclosed template interpolation sequence", line: anyLine, summary: sumTemplate, detail: "In text $${ begins an expression, and a } must end it before the quote. Write $$$${ where it is to stay as it is."},
}
