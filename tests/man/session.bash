# Sessions in documents: blocks of code in which "$ command" is what a person
# types and the lines below it are what they see.
#
#	$ cdrscan damaged.csv  # exits 3
#	cdrscan: damaged.csv:5: rejected: billsec: not a duration: '47x'
#	...
#
# A command goes on in lines that begin with "> ".  It must exit with the
# status it states, else 0.  Where output is shown it must be the same; "..."
# stands for any lines, behind a text for the rest of its line.

# The blocks of code of a page, or of a file in Markdown: the lines of a block
# behind a tab, other lines empty.
code_blocks() { # FILE
	case $1 in
	*.md) awk '/^```/ { on = !on; print ""; next } { print on ? "\t" $0 : "" }' "$1" ;;
	*) awk '
		/^\.Ed/ { on = 0 }
		on { print "\t" $0 }
		/^\.Dl / { print "\t" substr($0, 5) }
		!on { print "" }
		/^\.Bd -literal/ { on = 1 }' "$1" |
		sed "s/\\\\(aq/'/g; s/\\\\(dq/\"/g; s/\\\\&//g; s/\\\\e/\\\\/g" ;;
	esac
}

# The steps of all sessions of a file into N.cmd, N.out and N.status here.
read_session() { # FILE
	code_blocks "$1" | awk '
	/^\t\$ / {
		n++
		cmd = substr($0, 4)
		status = 0
		if (match(cmd, / +# exits [0-9]+$/)) {
			status = cmd
			sub(/.*# exits /, "", status)
			cmd = substr(cmd, 1, RSTART - 1)
		}
		print cmd > (n ".cmd")
		print status > (n ".status")
		printf "" > (n ".out")
		inside = 1
		shown = 0
		next
	}
	/^\t> / && inside && !shown { print substr($0, 4) > (n ".cmd"); next }
	/^\t/ && inside { shown = 1; print substr($0, 2) > (n ".out"); next }
	{ inside = 0 }
	END { print n + 0 > "steps" }'
}

escaped() { # TEXT
	printf '%s' "$1" | sed 's/[][\\*?]/\\&/g'
}

# Whether a file is what is shown of it.
looks_like() { # SHOWN FILE
	local pattern=$'\n' line
	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		...) pattern+='*' ;;
		*...) pattern+=$(escaped "${line%...}")'*'$'\n' ;;
		*) pattern+=$(escaped "$line")$'\n' ;;
		esac
	done <"$1"
	# shellcheck disable=SC2053  # it is a pattern
	[[ $'\n'$(cat "$2")$'\n' == $pattern ]]
}

# Run all sessions of a file, one after the other in this folder.
run_session() { # FILE
	local i n status failed=0
	mkdir session-steps
	(cd session-steps && read_session "$1")
	n=$(cat session-steps/steps)
	[ "$n" -gt 0 ] || echo "no command in $1"
	for i in $(seq "$n"); do
		status=0
		bash -o pipefail session-steps/"$i".cmd >session-steps/"$i".got 2>&1 </dev/null ||
			status=$?
		if [ "$status" -ne "$(cat session-steps/"$i".status)" ]; then
			failed=1
			echo "exits $status: $(cat session-steps/"$i".cmd)"
			cat session-steps/"$i".got
		elif [ -s session-steps/"$i".out ] &&
			! looks_like session-steps/"$i".out session-steps/"$i".got; then
			failed=1
			echo "prints something else: $(cat session-steps/"$i".cmd)"
			diff session-steps/"$i".out session-steps/"$i".got || true
		fi
	done
	[ "$n" -gt 0 ] && [ "$failed" -eq 0 ]
}
