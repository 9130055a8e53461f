"""Many runs: a sweep file becomes runs, the runs become rows."""
