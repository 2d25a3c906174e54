# One worker of a study. It takes trials until none is left.
#   time nearly over (USR1): the worker stops at its next step, and the job asks to be queued again, as
#     Slurm does not do by itself. It does so as long as an epoch was finished since it began.
#   preempted or cancelled (TERM): Slurm tells the worker, and the job stays until it is killed. One that
#     ends by itself within its grace time has ended for Slurm, and is not queued again when preempted.
# `srun` because Slurm tells a step at the beginning of the grace time, and a script's own children never.

stop_at=@STOP_AT@ # seconds from here; 0: as soon as Slurm says
why=
pid_file=$(mktemp) || exit 1
trap 'rm -f "$pid_file"' EXIT

time_is_over() {
    local early=$((stop_at - SECONDS))
    [ -s "$pid_file" ] || early=$((early > 1 ? early : 1))
    if [ "$early" -gt 0 ]; then # Slurm may be a minute early
        { sleep "$early"; kill -USR1 $$; } 2>/dev/null &
        return
    fi
    if [ -n "$why" ]; then return; fi # a second signal would end it at once
    why=time
    # Not by way of srun, which would kill it.
    kill -TERM "$(cat "$pid_file")"
}
trap time_is_over USR1
trap 'why=end' TERM

number=$((@FIRST@ + ${SLURM_ARRAY_TASK_ID:-0}))
echo "$(date '+%F %T') worker $number of @WORKERS@ begins on ${SLURMD_NODENAME:-$(uname -n)}, restart ${SLURM_RESTART_COUNT:-0}"
srun --ntasks=1 --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" bash -c 'echo $$ >"$0" && exec "$@"' "$pid_file" \
    @COMMAND@ --index "$number" --of @WORKERS@ &
step=$!
while kill -0 "$step" 2>/dev/null; do wait "$step"; done # a signal ends a wait
wait "$step"
code=$?
echo "$(date '+%F %T') worker $number ends with $code${why:+ ($why)}"

# Stopped, and not by this script: the step was told, and this shell was not.
if [ -z "$why" ] && { [ "$code" = 130 ] || [ "$code" = 3 ]; }; then why=end; fi
case $why,$code in
time,130)
    # One task of an array has the array's number, by which all of them would be queued again.
    task=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
    # A controller that does not answer may do so in a moment. Where it obeys at once, TERM comes before the
    # answer.
    until scontrol requeue "${task:-$SLURM_JOB_ID}" || [ "$why" = end ]; do sleep 2; done
    ;;
time,3)
    echo "no epoch was finished in this job's time (hint: a longer --time)" >&2
    ;;
end,0 | end,1 | end,2) ;; # nothing is left, or nothing that another try would change
end,*)
    while :; do sleep 1; done
    ;;
esac
exit "$code"
