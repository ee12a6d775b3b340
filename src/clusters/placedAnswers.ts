import {
  clusterAnswers,
  withPlaces,
  type AnswerCluster,
  type AnswerClusters,
  type ClusterInput,
} from './answerClusters.ts';

/** Clusters as threads hand them on, and as they are kept of every question of a study. */
export interface PlacedAnswers {
  /** Of the clusters, in their order. */
  labels: readonly string[];
  /**
   * Of each trajectory that was clustered, in their order, one more than the place of its cluster as a character's code; 0
   * for none. A text takes a byte for each; a small array of integers some 200 before its first.
   */
  places: string;
}

export function placedAnswers(input: ClusterInput): PlacedAnswers {
  const { labels, byIndex } = clusterAnswers(input);
  return {
    labels,
    places: input.answers
      .map(({ index }) => String.fromCharCode((byIndex.get(index) ?? -1) + 1))
      .join(''),
  };
}

/** The clusters again. @param indices of the trajectories in the order in which they were clustered, rising. */
export function clustersFrom(
  { labels, places }: PlacedAnswers,
  indices: readonly number[],
): AnswerClusters {
  const clusters = labels.map((label): AnswerCluster => ({ label, indices: [] }));
  const unclear: number[] = [];
  for (const [position, index] of indices.entries()) {
    const code = position < places.length ? places.charCodeAt(position) : 0;
    (clusters[code - 1]?.indices ?? unclear).push(index);
  }
  return withPlaces(clusters, unclear, labels);
}
