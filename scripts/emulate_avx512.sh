#!/usr/bin/env bash
# usage: scripts/emulate_avx512.sh    runs the kernels of forests and networks at level v4 on a machine without AVX-512: Bochs
# emulates a Skylake-X, boots Debian's kernel in it and runs forest_test there, whose digest must be that of this machine's best level,
# and neural_test, which holds every level's kernels against plain loops.
# Some 5 to 15 minutes. Two things are known of Bochs 2.7: its XSAVES and XSAVEC sizes are wrong (hence clearcpuid), and it
# needs a terminal (hence script).
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_toolchain
debian_install bochs bochs-term bochsbios vgabios busybox-static grub-pc-bin grub-common xorriso mtools cpio bsdutils
build_cpp . build/test "${TEST_BUILD[@]}"
networks=$PWD/build/test/tests/cpp/neural_test test=$PWD/build/test/tests/cpp/forest_test
filter='IsaDigest.*:Walks/*:*Sliced*'
neural='Activations.*:*Products.*:Dropout.*:Losses.*:*Shapes*/0:*Shapes*/5:*MovesWeights*:*Gradients*/3'
digest=$("$test" --gtest_filter='IsaDigest.*' | grep ^digest)

rm -rf build/emulate
mkdir -p build/emulate/{deb,root/bin,root/proc,root/sys,root/tmp,iso/boot/grub}
cd build/emulate
(cd deb && apt-get download -qq "$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n1)")
dpkg-deb -x deb/linux-image-*.deb deb/x
cp deb/x/boot/vmlinuz-* iso/boot/vmlinuz

cp /bin/busybox root/bin/
strip -o root/forest_test "$test"
strip -o root/neural_test "$networks"
ldd "$test" "$networks" | grep -o '/[^ )]*' | grep -v ':$' | sort -u | while read -r library; do
    mkdir -p "root$(dirname "$library")"
    cp -L "$library" "root$library"
done
cat >root/init <<INIT
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys
OMP_NUM_THREADS=1 PLANTWRIGHT_ISA=v4 /neural_test --gtest_filter='$neural' --gtest_brief=1
echo "emulated networks: \$?"
OMP_NUM_THREADS=1 PLANTWRIGHT_ISA=v4 /forest_test --gtest_filter='$filter' --gtest_brief=1
echo "emulated: \$?"
sleep 1; poweroff -f
INIT
chmod +x root/init
(cd root && find . | cpio -o -H newc --quiet | gzip -1) >iso/boot/initrd.gz
cat >iso/boot/grub/grub.cfg <<'GRUB'
set timeout=0
menuentry plantwright {
    linux /boot/vmlinuz console=ttyS0 nosmp noapic nopku clearcpuid=124,321,323 tsc=reliable quiet mitigations=off nokaslr lpj=1000000
    initrd /boot/initrd.gz
}
GRUB
grub-mkrescue -o boot.iso iso 2>/dev/null
cat >bochsrc <<'BOCHS'
display_library: term
megs: 1024
cpu: model=corei7_skylake_x, count=1, ips=80000000
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0-master: type=cdrom, path=boot.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=serial.txt
log: bochs.log
clock: sync=none
BOCHS
echo c >commands
say "Booting; what it says goes to build/emulate/serial.txt"
TERM=xterm timeout "${EMULATE_SECONDS:-3000}" script -qc "bochs -q -f bochsrc -rc commands" /dev/null >bochs.out 2>&1 </dev/null || true
tr -d '\r' <serial.txt | grep -a -v '^\[' >&2 || true
grep -aqF "$digest" serial.txt || die "the digest at v4 is not this machine's: $digest"
grep -aq '^emulated: 0' serial.txt && grep -aq '^emulated networks: 0' serial.txt || die "tests fail at v4, or did not end; see build/emulate/serial.txt"
say "Level v4 gives the bits of this machine's level, and its tests pass"
