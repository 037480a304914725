# vitrine as it is shipped: end-to-end encryption, relay on the host, consent answered by an assistive (synthetic) hand.
# Photographs lossy while they move. VITRINE: the project's folder; B: its build folder.
D_DESC="vitrine host + vitrine join, its own relay"
D_ENC=e2e
D_SETTLE=5      # the consent dialog's guard time
D_WARM=2
server() { exec python3 "$VITRINE/tests/bench/side.py" host "$SRC_DISPLAY" "$PORT" "$RUN"; }
viewer() { exec python3 "$VITRINE/tests/bench/side.py" join "$VIEW_DISPLAY" "$VPORT" "$RUN"; }
version() { "$B/vitrine" --version | head -1; }
