// numbers.js COUNT SEED    random valid numbers and what the reference says
//
// One line a number: E.164 digits, region, type, with tabs between them; the
// types have the names that the reference has for them.  The package
// google-libphonenumber must be where NODE_PATH leads.
//
// Every region and every calling code of no region has a regular expression
// for each type of number.  These take turns, so that a small island counts
// as much as a continent.  Every other time the ways through an expression
// are all as likely, so that rare branches are seen; else all its numbers are.
// The reference then decides whether that is a valid number and what it is:
// the expressions only propose.
"use strict";
const lib = require("google-libphonenumber");

const util = lib.PhoneNumberUtil.getInstance();
const DESCRIPTIONS = ["FixedLine", "Mobile", "TollFree", "PremiumRate",
    "SharedCost", "PersonalNumber", "Voip", "Pager", "Uan", "Voicemail"];
const TYPES = new Map(Object.entries(lib.PhoneNumberType)
    .map(([name, value]) => [value, name]));

// Uniform in [0, 1), the same for the same seed (mulberry32).
function randomFrom(seed) {
	let a = seed >>> 0;
	return () => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = Math.imul(a ^ (a >>> 15), a | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

// An expression as a tree.  A node has `count`, how many strings it matches.
class Parser {
	constructor(text) {
		this.text = text.replace(/\s/g, "");
		this.at = 0;
	}

	take(token) {
		if (!this.text.startsWith(token, this.at))
			return false;
		this.at += token.length;
		return true;
	}

	need(token) {
		if (!this.take(token))
			throw new Error(`'${token}' expected at ${this.at} of ` +
			    this.text);
	}

	whole() {
		const node = this.branches();
		if (this.at < this.text.length)
			this.need("end");
		return node;
	}

	branches() {
		const of = [];
		do
			of.push(this.sequence());
		while (this.take("|"));
		const count = of.reduce((sum, n) => sum + n.count, 0);
		return { branches: of, count };
	}

	sequence() {
		const of = [];
		while (this.at < this.text.length &&
		    !"|)".includes(this.text[this.at]))
			of.push(this.repeated(this.atom()));
		const count = of.reduce((product, n) => product * n.count, 1);
		return { sequence: of, count };
	}

	atom() {
		if (this.take("(?:")) {
			const node = this.branches();
			this.need(")");
			return node;
		}
		const digits = this.take("[") ? this.set() : this.digit();
		return { digits, count: digits.length };
	}

	digit() {
		if (this.take("\\d"))
			return "0123456789";
		const c = this.text[this.at++];
		if (!/[0-9]/.test(c))
			throw new Error(`'${c}' is new in ${this.text}`);
		return c;
	}

	set() {
		let digits = "";
		while (!this.take("]")) {
			const first = this.digit();
			if (this.take("-"))
				for (let d = +first, last = +this.digit(); d <= last; d++)
					digits += d;
			else
				digits += first;
		}
		return digits;
	}

	repeated(node) {
		const range = /^\{(\d+)(?:,(\d+))?\}/.exec(this.text.slice(this.at));
		let least = 0, most = 1;
		if (range) {
			this.at += range[0].length;
			least = +range[1];
			most = +(range[2] ?? range[1]);
		} else if (!this.take("?")) {
			return node;
		}
		const branches = [];
		for (let n = least; n <= most; n++)
			branches.push({ sequence: Array(n).fill(node),
				count: node.count ** n });
		return { branches,
			count: branches.reduce((sum, n) => sum + n.count, 0) };
	}
}

// One string that the tree matches; `even` makes its branches as likely.
function draw(node, random, even) {
	if (node.digits)
		return node.digits[Math.floor(random() * node.digits.length)];
	if (node.sequence)
		return node.sequence.map((n) => draw(n, random, even)).join("");
	const weight = (n) => even ? 1 : n.count;
	let left = random() *
	    node.branches.reduce((sum, n) => sum + weight(n), 0);
	for (const n of node.branches)
		if ((left -= weight(n)) < 0)
			return draw(n, random, even);
	return draw(node.branches[node.branches.length - 1], random, even);
}

// Calling code and expression of every region and type.
function proposals() {
	const out = [];
	const add = (metadata) => {
		for (const name of DESCRIPTIONS) {
			const pattern = metadata["get" + name]()
			    ?.getNationalNumberPattern();
			if (pattern)
				out.push({ code: metadata.getCountryCode(),
					tree: new Parser(pattern).whole() });
		}
	};
	for (const region of util.getSupportedRegions())
		add(util.getMetadataForRegion(region));
	for (const code of util.getSupportedGlobalNetworkCallingCodes())
		add(util.getMetadataForNonGeographicalRegion(code));
	return out;
}

function parsed(code, national) {
	const number = new lib.PhoneNumber();
	const zeros = /^0*/.exec(national)[0].length;
	number.setCountryCode(code);
	number.setNationalNumber(Number(national));
	if (zeros > 0) {
		number.setItalianLeadingZero(true);
		number.setNumberOfLeadingZeros(zeros);
	}
	return number;
}

const [count, seed] = process.argv.slice(2).map(Number);
const random = randomFrom(seed);
const all = proposals();
const seen = new Set();
let lines = "";
for (let i = 0; seen.size < count; i++) {
	const { code, tree } = all[i % all.length];
	const national = draw(tree, random, Math.floor(i / all.length) % 2 === 0);
	const number = parsed(code, national);
	const digits = code + national;
	if (seen.has(digits) || !util.isValidNumber(number))
		continue;
	seen.add(digits);
	lines += `${digits}\t${util.getRegionCodeForNumber(number)}\t` +
	    `${TYPES.get(util.getNumberType(number))}\n`;
}
process.stdout.write(lines);
