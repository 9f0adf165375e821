import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files in alphabetical order, except that whole_run.test.ts comes last. */
export class WholeRunLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = (file: TestSpecification): string =>
      (file.moduleId.endsWith('whole_run.test.ts') ? '1' : '0') + file.moduleId;
    return [...files].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  }
}
