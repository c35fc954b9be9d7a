// How things stand, in the one sentence about all pictures, for eyes and for screen readers.

/**
 * @typedef {import("./messages.js").Texts} Texts
 * @typedef {import("../picture.js").Picture} Picture
 * @typedef {{
 *   text: string,
 *   isError: boolean,
 *   canRetry: boolean,
 *   isWorking: boolean,
 *   progress: { done?: number, total?: number } | null,
 * }} Status `progress` is there while pictures wait for the model
 */

/**
 * @param {import("../pictures.js").Pictures} pictures
 * @param {{ hasLabels: boolean, notice: string }} state `notice` is on a file that was not taken
 * @param {Texts} texts
 * @returns {Status}
 */
export function statusOf(pictures, { hasLabels, notice }, texts) {
  const { all, unsettled, failure, isReady, progress } = pictures;
  const isWorking = unsettled.length > 0 && hasLabels && !failure;
  const isLoading = isWorking && !isReady;
  const state = { hasLabels, isLoading, isWorking };
  const said = failure ? texts.error(failure) : summary(all, state, texts);
  return {
    text: [notice, said].filter(Boolean).join(" "),
    isError: Boolean(failure || notice),
    canRetry: Boolean(failure),
    isWorking,
    progress: isLoading ? (progress ?? {}) : null,
  };
}

function summary(pictures, { hasLabels, isLoading, isWorking }, texts) {
  const count = pictures.length;
  if (count === 0) return "";
  if (!hasLabels) return texts.say("no-labels");
  if (isLoading) return texts.say("loading");
  if (isWorking) return texts.say("looking", { count });
  const [first] = pictures;
  if (count === 1 && first.error) return texts.error(first.error);
  if (count === 1) {
    const [best] = first.ranking;
    return texts.say("best", { label: texts.label(best), share: texts.percent(best.score) });
  }
  return texts.say("summary", { count, labels: counted(pictures, texts).join(", ") });
}

/** How many pictures each label fits best, the most frequent first. */
function counted(pictures, texts) {
  const counts = new Map();
  let unreadable = 0;
  for (const { error, ranking } of pictures) {
    if (error) {
      unreadable += 1;
      continue;
    }
    const label = texts.label(ranking[0]);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const labels = [...counts].sort((one, other) => other[1] - one[1]);
  const said = labels.map(([label, count]) => texts.say("summary-label", { label, count }));
  return unreadable > 0 ? [...said, texts.say("unreadable", { count: unreadable })] : said;
}
