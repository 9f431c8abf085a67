# How many values of the second column are above the threshold t.
BEGIN { FS = "," }
$2 > t { above++ }
END { printf "above=%d\n", above }
