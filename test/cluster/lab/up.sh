#!/usr/bin/env bash
# Real sshd x2 (bastion, login) + munge + slurmctld + N slurmd on 127.0.0.1. Idempotent. Needs root and:
#   openssh-server rsync munge slurmctld slurmd slurm-client (DBD=1: also slurmdbd mariadb-server)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
umask 022
mkdir -p "$ETC" "$RUN" "$LOG" "$STATE/ctld" "$KEYS" "$HOMES" "$LAB/bin" "$LAB/dev" /run/sshd
chmod 755 "$LAB" "$LAB/bin" "$RUN" "$ETC" "$HOMES"
# --- users (the only change outside $LAB besides the packages) ---
[ -f "$KEYS/host_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C lab-host -f "$KEYS/host_ed25519"
[ -f "$KEYS/id_ed25519" ]   || ssh-keygen -q -t ed25519 -N '' -C lab-user -f "$KEYS/id_ed25519"
# Users of labs that were killed: their home is gone with the lab.
getent passwd | while IFS=: read -r name _ _ _ _ home _; do
  case $name in sealong-lab-*) [ -d "${home%/home/*}" ] || userdel "$name" || true ;; esac
done
user() { # NAME SHELL
  grep -qsx "$1" "$STATE/created-users" || { useradd -M -d "$HOMES/$1" -s "$2" -p '*' "$1"   # '!' = locked: sshd with UsePAM no refuses even a good key
    echo "$1" >>"$STATE/created-users"; }
  mkdir -p "$HOMES/$1/.ssh"; cp "$KEYS/id_ed25519.pub" "$HOMES/$1/.ssh/authorized_keys"
  chown -R "$1:" "$HOMES/$1"; chmod 700 "$HOMES/$1" "$HOMES/$1/.ssh"; chmod 600 "$HOMES/$1/.ssh/authorized_keys"; }
user "$LOGIN_USER" /bin/bash
for shell in $SHELL_USERS; do user "$LOGIN_USER-$shell" "$(command -v "$shell")"; done
# --- sshd ---
for w in bastion:$P_BASTION login:$P_LOGIN; do n=${w%%:*} p=${w##*:}
cat >"$ETC/sshd_$n.conf" <<S
ListenAddress 127.0.0.1:$p
HostKey $KEYS/host_ed25519
PidFile none
AuthorizedKeysFile .ssh/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
PermitRootLogin prohibit-password
StrictModes no
X11Forwarding no
PrintMotd no
LogLevel VERBOSE
MaxStartups 50:30:100
SetEnv SLURM_CONF=$ETC/slurm.conf PATH=$LAB/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin $LAB_ENV
Subsystem sftp internal-sftp
Match User root
  AuthorizedKeysFile $KEYS/id_ed25519.pub
S
start "sshd_$n" /usr/sbin/sshd -D -e -f "$ETC/sshd_$n.conf"; done
cat >"$ETC/ssh_config" <<S
# For jobs that need what only the user of the tests can read.
Host lab-root
  User root
  Port $P_LOGIN
Host lab-bastion lab-login lab-jump lab-root
  HostName 127.0.0.1
  User $LOGIN_USER
  IdentityFile $KEYS/id_ed25519
  IdentitiesOnly yes
  UserKnownHostsFile $ETC/known_hosts
  StrictHostKeyChecking yes
Host lab-bastion
  Port $P_BASTION
Host lab-login lab-jump
  Port $P_LOGIN
Host lab-jump
  ProxyJump lab-bastion
S
for p in $P_BASTION $P_LOGIN; do echo "[127.0.0.1]:$p $(cut -d' ' -f1,2 "$KEYS/host_ed25519.pub")"; done >"$ETC/known_hosts"
# --- munge ---
mkdir -p "$STATE/munge" "$RUN/munge"
[ -f "$STATE/munge/munge.key" ] || (umask 077; dd if=/dev/urandom of="$STATE/munge/munge.key" bs=128 count=1 status=none)
chown -R munge: "$STATE/munge" "$RUN/munge"; chmod 700 "$STATE/munge"; chmod 755 "$RUN/munge"
start munged setpriv --reuid munge --regid munge --clear-groups munged -F -f \
  --key-file="$STATE/munge/munge.key" --socket="$RUN/munge/munge.sock" --pid-file="$RUN/munge/munged.pid" \
  --log-file="$RUN/munge/munged.log" --seed-file="$RUN/munge/munged.seed"
wait_for 10 munge munge -S "$RUN/munge/munge.sock" -n
# --- slurm ---
last=$((P_SLURMD+NODES-1)); range=h100-[01-$(printf %02d "$NODES")]
ports=$P_SLURMD; [ "$NODES" = 1 ] && range=h100-01 || ports="[$P_SLURMD-$last]"
for i in 0 1 2 3 4 5 6 7; do [ -e "$LAB/dev/nvidia$i" ] || mknod -m 666 "$LAB/dev/nvidia$i" c 1 3; done
if [ "$DBD" = 1 ]; then acct="AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$P_DBD
AccountingStoragePass=$RUN/munge/munge.sock
AccountingStorageTRES=gres/gpu"; else acct="AccountingStorageType=accounting_storage/none"; fi
cat >"$ETC/slurm.conf.new" <<S
ClusterName=lab
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$P_CTLD
SlurmUser=slurm
AuthType=auth/munge
AuthInfo=socket=$RUN/munge/munge.sock
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$STATE/ctld
SlurmdSpoolDir=$STATE/%n
SlurmctldPidFile=$RUN/ctld/slurmctld.daemon.pid
SlurmdPidFile=$RUN/%n.daemon.pid
SlurmctldLogFile=$LOG/ctld/slurmctld.log
SlurmdLogFile=$LOG/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=5
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=5,sched_interval=5,batch_sched_delay=1
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
KillWait=15
MinJobAge=$MIN_JOB_AGE
MessageTimeout=5
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
InactiveLimit=0
JobRequeue=1
JobCompType=jobcomp/filetxt
JobCompLoc=$LOG/ctld/jobcomp.log
$acct
GresTypes=gpu
NodeName=$range NodeHostname=localhost NodeAddr=127.0.0.1 Port=$ports CPUs=64 Boards=1 SocketsPerBoard=2 CoresPerSocket=32 ThreadsPerCore=1 RealMemory=1000000 Gres=gpu:h100:8 State=UNKNOWN
PartitionName=h100 Nodes=ALL Default=YES DefaultTime=01:00:00 MaxTime=2-00:00:00 DefMemPerCPU=4000 State=UP PriorityTier=10 PreemptMode=OFF
PartitionName=spare Nodes=ALL MaxTime=2-00:00:00 DefMemPerCPU=4000 State=UP PriorityTier=1 PreemptMode=REQUEUE
PartitionName=spot Nodes=ALL MaxTime=2-00:00:00 DefMemPerCPU=4000 State=UP PriorityTier=1 PreemptMode=CANCEL
S
cat >"$ETC/gres.conf" <<S
NodeName=$range Name=gpu Type=h100 File=$LAB/dev/nvidia[0-7]
S
printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n' >"$ETC/cgroup.conf"
mv "$ETC/slurm.conf.new" "$ETC/slurm.conf"
mkdir -p "$RUN/ctld" "$LOG/ctld"; chown -R slurm: "$STATE/ctld" "$RUN/ctld" "$LOG/ctld"
export SLURM_CONF="$ETC/slurm.conf"
if [ "$DBD" = 1 ]; then . "$SCRIPTS/dbd.sh"; fi
start slurmctld setpriv --reuid slurm --regid slurm --clear-groups env $LAB_ENV slurmctld -D
wait_for 20 slurmctld scontrol ping || { tail -n 3 "$LOG/slurmctld.out" >&2; exit 1; }
for ((i=1;i<=NODES;i++)); do n=$(printf 'h100-%02d' "$i"); mkdir -p "$STATE/$n"; start "slurmd_$n" env $LAB_ENV slurmd -D -N "$n"; done
idle() { [ "$(sinfo -h -N -p h100 -o '%T' | grep -cE '^(idle|mixed|allocated)$')" = "$NODES" ]; }
wait_for 30 "nodes idle" idle
wait_for 10 "ssh login" ssh -F "$ETC/ssh_config" -o BatchMode=yes lab-login true
echo "ready: ssh -F $ETC/ssh_config lab-login ; SLURM_CONF=$ETC/slurm.conf"
