#!/bin/sh
# Draws the README's pictures: `make screenshots`.
set -eu
out=$(dirname "$0")/screenshots
english="When the old dog saw the cat, it didn't bark; it quietly walked away and slept under the table until we came home."
lstm-viz grab "$out/sentence-dark.png" --step 3 --unit 5
lstm-viz grab "$out/sentence-light.png" --step 3 --unit 5 --theme light
lstm-viz grab "$out/english.png" --model english --text "$english"
lstm-viz grab "$out/gru.png" --model tutorial-gru --step 3 --unit 5 --size 1280x800
lstm-viz grab "$out/korean.png" --model english --text "고양이가 따뜻한 햇볕 아래에서 조용히 잠을 잔다." --theme light --size 1280x800
lstm-viz grab "$out/empty.png" --text "" --size 1280x800
lstm-viz grab "$out/decomposition.png" --panel decomposition --step 3 --unit 5
lstm-viz grab "$out/attribution.png" --panel attribution --model english --text "$english"
lstm-viz grab "$out/ablation.png" --panel ablation --step 3 --theme light
lstm-viz grab "$out/shapes.png" --model english-both --panel shapes --size 1366x860
lstm-viz grab "$out/score.png" --arithmetic score:V --step 3 --unit 5
lstm-viz grab "$out/what-if.png" --set "f[5]@2=1" --step 3 --unit 5
lstm-viz grab "$out/compare.png" --compare "Everybody read that book" --step 3 --unit 5 --theme light

run=$(mktemp -d)/small
trap 'rm -rf "$(dirname "$run")"' EXIT
lstm-viz train small --chars --decoder crf --out "$run" --quiet
lstm-viz grab "$out/training-dark.png" --page training --run "$run"
lstm-viz grab "$out/training-light.png" --page training --run "$run" --theme light --size 1280x800
lstm-viz grab "$out/trellis.png" --run "$run" --text "I saw her watch the light and park near the old park." --step 5 --size 1280x800
