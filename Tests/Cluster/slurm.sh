# A real Slurm of one node in a folder, without systemd. To be sourced; needs slurm-wlm and munge, and root.
#
#     start_slurm FOLDER     exports SLURM_CONF
#     stop_slurm FOLDER

start_slurm() {
    local folder=$1 host
    host=$(hostname -s)
    mkdir -p "$folder"/{state,spool,log,run}
    chmod 755 "$folder"
    cat >"$folder/slurm.conf" <<EOF
ClusterName=varve
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/run/munge.sock
CryptoType=crypto/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
KillWait=10
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
    head -c 1024 /dev/urandom >"$folder/munge.key"
    chmod 400 "$folder/munge.key"
    munged --force --key-file="$folder/munge.key" --socket="$folder/run/munge.sock" \
        --pid-file="$folder/run/munged.pid" --log-file="$folder/log/munged.log" --seed-file="$folder/run/munge.seed"
    export SLURM_CONF=$folder/slurm.conf
    slurmctld -c
    sleep 1
    slurmd
    local try
    for try in $(seq 60); do
        if sinfo -h -o %T 2>/dev/null | grep -q idle; then return 0; fi
        sleep 0.5
    done
    echo "the node did not become idle: see $folder/log" >&2
    return 1
}

stop_slurm() {
    local name
    for name in slurmctld slurmd munged; do
        [ ! -f "$1/run/$name.pid" ] || kill "$(cat "$1/run/$name.pid")" 2>/dev/null || true
    done
    # They write until they have ended.
    local try
    for try in $(seq 100); do
        ls "$1"/run/*.pid >/dev/null 2>&1 || break
        sleep 0.1
    done
}
