import {
  clusterAnswers,
  withPlaces,
  type AnswerCluster,
  type AnswerClusters,
  type ClusterInput,
} from './answerClusters.ts';

/** Clusters as threads hand them on, and as they are kept of every question of a study: two bytes a trajectory. */
export interface PlacedAnswers {
  /** Of the clusters, in their order. */
  labels: readonly string[];
  /** Of each trajectory that was clustered, in their order, the place of its cluster; {@link UNCLEAR} for none. */
  places: Int16Array;
}

const UNCLEAR = -1;

export function placedAnswers(input: ClusterInput): PlacedAnswers {
  const { clusters, byIndex } = clusterAnswers(input);
  return {
    labels: clusters.map(({ label }) => label),
    places: Int16Array.from(input.answers, ({ index }) => byIndex.get(index) ?? UNCLEAR),
  };
}

/** The clusters again. @param indices of the trajectories in the order in which they were clustered, rising. */
export function clustersFrom(
  { labels, places }: PlacedAnswers,
  indices: readonly number[],
): AnswerClusters {
  const clusters = labels.map((label): AnswerCluster => ({ label, indices: [] }));
  const unclear: number[] = [];
  for (const [position, index] of indices.entries())
    (clusters[places[position] ?? UNCLEAR]?.indices ?? unclear).push(index);
  return withPlaces(clusters, unclear);
}
