import type { Schema } from '~/api/client'

export type Statistics = Schema['CallStatistics']
export type Figures = Schema['CallFigures']
